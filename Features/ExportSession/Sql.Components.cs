namespace AiEditor.Persistence.Features.ExportSession;

static partial class Sql
{
    public const string ComponentIds = """
        select c.id
        from components c
        join sessions s on s.id = c.session_id
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint
        order by c.id
        """;

    public const string Component = """
        select c.id, c.revision, c.client_id, c.version, c.version_created_at, c.name, c.jsx_code, c.css_code,
               c.component_type, c.is_current, c.metadata, c.created_at, c.updated_at, c.deleted_at
        from components c
        join sessions s on s.id = c.session_id
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint and c.id = @Id::bigint
        """;

    public const string Versions = """
        select v.revision, v.version, v.name, v.jsx_code, v.css_code, v.component_type, v.metadata, v.created_at
        from component_versions v
        join sessions s on s.id = v.session_id
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint and v.component_id = @Id::bigint
        order by v.version
        """;
}
