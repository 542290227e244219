namespace AiEditor.Persistence.Features.GetMessage;

static class Sql
{
    public const string Find = """
        select m.session_id, m.id, m.client_id, m.revision, m.role, m.content, m.message_type, m.metadata, m.attachments,
               m.created_at
        from chat_messages m
        join sessions s on s.id = m.session_id
        where m.session_id = @SessionId::bigint and m.id = @MessageId::bigint and m.deleted_at is null
          and s.user_id = @UserId::bigint and s.deleted_at is null
        """;
}
