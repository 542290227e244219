using FluentMigrator;

namespace AiEditor.Persistence.Migrations;

[Migration(6, "interactions: a prompt about one element, and its response")]
public sealed class M0006_CreateInteractions : ForwardOnlyMigration
{
    public override void Up() =>
        Execute.Sql(
            """
            create table interactions (
                session_id       bigint not null,
                id               bigint generated always as identity (maxvalue 9007199254740991),
                client_id        uuid not null,
                revision         bigint not null,
                prompt           text not null,
                response         text not null,
                interaction_type text not null,
                target_element   text,
                metadata         json not null,
                created_at       timestamptz not null,
                deleted_at       timestamptz,
                constraint interactions_pkey primary key (session_id, id),
                constraint interactions_session_fkey foreign key (session_id) references sessions (id) on delete cascade,
                constraint interactions_prompt_size check (octet_length(prompt) <= 1048576),
                constraint interactions_response_size check (octet_length(response) <= 1048576),
                constraint interactions_interaction_type_length check (char_length(interaction_type) between 1 and 50),
                constraint interactions_target_element_length check (char_length(target_element) <= 255),
                constraint interactions_metadata_size check (octet_length(metadata::text) <= 65536)
            );
            """
        );
}
