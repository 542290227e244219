namespace AiEditor.Persistence.Infrastructure.Trash;

static class Sql
{
    // An erasure leaves no record of its key, but the key must not be one that records something else.
    public const string KeyIsUsed = """
        select exists (
            select from session_journal
            where user_id = @UserId::bigint and (key = @Key::uuid or turn_key = @Key::uuid)
        )
        """;

    public const string Erase = """
        delete from sessions where id = @Id::bigint and user_id = @UserId::bigint returning revision
        """;

    public const string TakeTurn = "select pg_try_advisory_xact_lock(@Turn::bigint)";

    // The files that it lets go of are looked at next, but none before it is a day old: it may be about to be put.
    public const string EraseDue = """
        with due as (
            select id from sessions
            where deleted_at < now() - make_interval(days => @Days::int)
            order by deleted_at
            limit 1
            for update skip locked
        ), let_go as (
            update attachments a set look_at = greatest(now(), a.created_at + interval '1 day')
            from due join session_attachments p on p.session_id = due.id
            where a.user_id = p.user_id and a.sha256 = p.sha256
        )
        delete from sessions s using due where s.id = due.id returning s.id
        """;

    // Tombstones only. The journal still tells that they were made and deleted. Files that they let go of are looked at
    // next, but none before it was there for a day: it may be about to be named.
    public const string PurgeMessages = """
        with due as (
            select session_id, id from chat_messages
            where deleted_at < now() - make_interval(days => @Days::int)
            order by deleted_at
            limit 100
            for update skip locked
        ), let_go as (
            update session_attachments p set look_at = greatest(now(), p.put_at + interval '1 day')
            from due join message_attachments m on m.session_id = due.session_id and m.message_id = due.id
            where p.session_id = m.session_id and p.sha256 = m.sha256
        )
        delete from chat_messages t using due where t.session_id = due.session_id and t.id = due.id returning 1
        """;

    public const string PurgeComponents = """
        with due as (
            select session_id, id from components
            where deleted_at < now() - make_interval(days => @Days::int)
            order by deleted_at
            limit 100
            for update skip locked
        )
        delete from components t using due where t.session_id = due.session_id and t.id = due.id returning 1
        """;

    public const string PurgeInteractions = """
        with due as (
            select session_id, id from interactions
            where deleted_at < now() - make_interval(days => @Days::int)
            order by deleted_at
            limit 100
            for update skip locked
        )
        delete from interactions t using due where t.session_id = due.session_id and t.id = due.id returning 1
        """;

    // What a message comes to name meanwhile is held by it, or refused by the foreign key when this commits.
    public const string Unlink = """
        with due as (
            select p.session_id, p.sha256, m.message_id is not null as is_named
            from session_attachments p
            left join lateral (
                select message_id from message_attachments where session_id = p.session_id and sha256 = p.sha256 limit 1
            ) m on true
            where p.look_at < now()
            order by p.look_at
            limit 500
            for update of p skip locked
        ), put_off as (
            update session_attachments p set look_at = now() + interval '30 days'
            from due
            where due.is_named and p.session_id = due.session_id and p.sha256 = due.sha256
        ), unlinked as (
            delete from session_attachments p using due
            where not due.is_named and p.session_id = due.session_id and p.sha256 = due.sha256
            returning p.user_id, p.sha256
        ), let_go as (
            update attachments a set look_at = greatest(now(), a.created_at + interval '1 day')
            from unlinked u
            where a.user_id = u.user_id and a.sha256 = u.sha256
        )
        select 1 from due
        """;
}
