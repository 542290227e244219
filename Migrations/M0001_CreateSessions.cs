using FluentMigrator;

namespace AiEditor.Persistence.Migrations;

[Migration(1, "sessions: the row whose lock hands out revisions")]
public sealed class M0001_CreateSessions : ForwardOnlyMigration
{
    public override void Up() =>
        Execute.Sql(
            """
            -- Ids are numbers in JSON, and JSON's numbers are exact only below 2^53: the sequence stops there.
            -- fillfactor leaves room on each page, so that the counter's update, which every mutation makes, stays
            -- heap-only and touches no index. For the same reason updated_at bears no index.
            create table sessions (
                id          bigint generated always as identity (maxvalue 9007199254740991),
                client_id   uuid not null,
                user_id     bigint not null,
                title       text not null,
                description text,
                is_active   boolean not null,
                revision    bigint not null,
                created_at  timestamptz not null,
                updated_at  timestamptz not null,
                deleted_at  timestamptz,
                constraint sessions_pkey primary key (id),
                constraint sessions_user_id_valid check (user_id between 1 and 9007199254740991),
                constraint sessions_title_length check (char_length(title) between 1 and 255),
                constraint sessions_description_size check (octet_length(description) <= 8192),
                constraint sessions_revision_valid check (revision between 1 and 9007199254740991)
            ) with (fillfactor = 70);

            -- ListSessions: one user's sessions; sorted after the fact, so that sorting costs writes nothing.
            create index sessions_user_id on sessions (user_id);
            """
        );
}
