using FluentMigrator;

namespace AiEditor.Persistence.Migrations;

[Migration(3, "chat_messages: what was said")]
public sealed class M0003_CreateMessages : ForwardOnlyMigration
{
    public override void Up() =>
        Execute.Sql(
            """
            -- The key leads with session_id: a session's rows lie together, pages walk the key itself, and the table can
            -- be sharded by session. Ids are drawn under the session's row lock, so their order is the order of creation.
            -- metadata is json, not jsonb: it comes back as it was sent, numbers exact, and 1e300 stays five bytes.
            create table chat_messages (
                session_id   bigint not null,
                id           bigint generated always as identity (maxvalue 9007199254740991),
                client_id    uuid not null,
                revision     bigint not null,
                role         text not null,
                content      text not null,
                message_type text not null,
                metadata     json not null,
                attachments  json not null,
                created_at   timestamptz not null,
                deleted_at   timestamptz,
                constraint chat_messages_pkey primary key (session_id, id),
                constraint chat_messages_session_fkey foreign key (session_id) references sessions (id) on delete cascade,
                constraint chat_messages_role_known check (role in ('user', 'assistant')),
                constraint chat_messages_content_size check (octet_length(content) between 1 and 1048576),
                constraint chat_messages_message_type_length check (char_length(message_type) between 1 and 20),
                constraint chat_messages_metadata_size check (octet_length(metadata::text) <= 65536)
            );
            """
        );
}
