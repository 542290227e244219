namespace AiEditor.Persistence.Features.GetComponent;

static class Sql
{
    public const string Load = """
        select c.session_id, c.id, c.client_id, c.revision, c.version, c.version_revision, c.version_created_at, c.name,
               c.jsx_code, c.css_code, c.component_type, c.is_current, c.metadata, c.created_at, c.updated_at
        from components c
        join sessions s on s.id = c.session_id
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint and s.deleted_at is null
          and c.id = @ComponentId::bigint and c.deleted_at is null
        """;
}
