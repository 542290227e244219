namespace AiEditor.Persistence.Features.StreamChanges;

static class Sql
{
    public const string Head = """
        select revision from sessions where id = @SessionId::bigint and user_id = @UserId::bigint and deleted_at is null
        """;

    // Also of a session in the trash: that it went there is the last thing to be told.
    public const string Next = """
        select j.revision, j.key, j.kind, j.action, j.item_id,
               case j.kind
                   when 'session' then s.client_id
                   when 'message' then (
                       select m.client_id from chat_messages m where m.session_id = j.session_id and m.id = j.item_id)
                   when 'component' then (
                       select c.client_id from components c where c.session_id = j.session_id and c.id = j.item_id)
                   when 'interaction' then (
                       select i.client_id from interactions i where i.session_id = j.session_id and i.id = j.item_id)
               end as client_id,
               j.session_id
        from session_journal j
        join sessions s on s.id = j.session_id
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint and j.revision > @After::bigint
        order by j.revision
        limit @Limit::int
        """;
}
