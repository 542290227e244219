namespace AiEditor.Persistence.Features.ExportSession;

static partial class Sql
{
    public const string Session = """
        select id, revision, client_id, title, description, is_active, created_at, updated_at
        from sessions
        where id = @SessionId::bigint and user_id = @UserId::bigint and deleted_at is null
        """;

    public const string Files = """
        select p.sha256, p.content_type, a.size, a.blob_id
        from session_attachments p
        join sessions s on s.id = p.session_id
        join attachments a on a.user_id = p.user_id and a.sha256 = p.sha256
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint
        order by p.sha256
        """;

    public const string Messages = """
        select m.id, m.revision, m.client_id, m.role, m.content, m.message_type, m.metadata, m.attachments, m.created_at,
               m.deleted_at
        from chat_messages m
        join sessions s on s.id = m.session_id
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint
        order by m.id
        """;

    public const string Interactions = """
        select i.id, i.revision, i.client_id, i.prompt, i.response, i.interaction_type, i.target_element, i.metadata,
               i.created_at, i.deleted_at
        from interactions i
        join sessions s on s.id = i.session_id
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint
        order by i.id
        """;
}
