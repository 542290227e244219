namespace AiEditor.Persistence.Features.GetDigest;

static class Sql
{
    // One statement, so one snapshot: the rows are those of the revision. Nothing but ids leaves the server.
    public const string Digest = """
        select s.revision, sha256(convert_to(
                   'session ' || s.id || ' ' || s.revision || E'\n'
                   || coalesce((
                       select string_agg('message ' || m.id || ' ' || m.revision || E'\n', '' order by m.id)
                       from chat_messages m where m.session_id = s.id and m.deleted_at is null), '')
                   || coalesce((
                       select string_agg('component ' || c.id || ' ' || c.revision || E'\n', '' order by c.id)
                       from components c where c.session_id = s.id and c.deleted_at is null), '')
                   || coalesce((
                       select string_agg('interaction ' || i.id || ' ' || i.revision || E'\n', '' order by i.id)
                       from interactions i where i.session_id = s.id and i.deleted_at is null), ''),
                   'UTF8')) as sha256
        from sessions s
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint and s.deleted_at is null
        """;
}
