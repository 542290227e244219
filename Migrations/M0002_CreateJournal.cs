using FluentMigrator;

namespace AiEditor.Persistence.Migrations;

[Migration(2, "session_journal: what happened, once per key, in order of revision")]
public sealed class M0002_CreateJournal : ForwardOnlyMigration
{
    public override void Up() =>
        Execute.Sql(
            """
            -- turn_key is the key of the turn that carried this mutation, when it came in one.
            create table session_journal (
                session_id bigint not null,
                revision   bigint not null,
                user_id    bigint not null,
                key        uuid not null,
                turn_key   uuid,
                kind       text not null,
                action     text not null,
                item_id    bigint not null,
                sha256     bytea not null,
                created_at timestamptz not null,
                constraint session_journal_pkey primary key (session_id, revision),
                constraint session_journal_session_fkey foreign key (session_id) references sessions (id) on delete cascade,
                constraint session_journal_kind_known check (kind in ('session', 'message', 'component', 'interaction')),
                constraint session_journal_action_known check (action in ('create', 'update', 'delete', 'restore', 'set_current', 'import')),
                constraint session_journal_sha256_size check (octet_length(sha256) = 32),
                constraint session_journal_revision_valid check (revision between 1 and 9007199254740991)
            );

            -- A key is used up once per user: the last line of defence against doing a thing twice, and the way to a receipt.
            create unique index session_journal_user_key on session_journal (user_id, key);

            -- A turn sent again is recognised by its own key.
            create index session_journal_user_turn_key on session_journal (user_id, turn_key) where turn_key is not null;

            -- What is written here is history. Only the erasing of a whole session takes it away, by cascade
            -- (the foreign key's own trigger, hence a depth above zero).
            create function refuse_rewriting_history() returns trigger language plpgsql as $$
            begin
                raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
            end
            $$;

            create trigger session_journal_append_only before update on session_journal
                for each row execute function refuse_rewriting_history();
            create trigger session_journal_no_delete before delete on session_journal
                for each row when (pg_trigger_depth() = 0) execute function refuse_rewriting_history();
            """
        );
}
