namespace AiEditor.Persistence.Features.ListMessages;

static class Sql
{
    // One statement, hence one snapshot: no row at all is a session that is not there, a row of nulls one without messages.
    public const string Page = """
        select m.session_id, m.id, m.client_id, m.revision, m.role, m.content, m.message_type, m.metadata, m.attachments,
               m.created_at
        from sessions s
        left join lateral (
            select session_id, id, client_id, revision, role, content, message_type, metadata, attachments, created_at
            from chat_messages
            where session_id = s.id and id < @Before::bigint and deleted_at is null
            order by id desc
            limit @Limit::int + 1
        ) m on true
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint and s.deleted_at is null
        order by m.id desc
        """;
}
