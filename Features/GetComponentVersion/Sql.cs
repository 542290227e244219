namespace AiEditor.Persistence.Features.GetComponentVersion;

static class Sql
{
    public const string Load = """
        select c.session_id, c.id as component_id, v.version, v.revision, v.name, v.jsx_code, v.css_code, v.component_type,
               v.metadata, v.created_at
        from sessions s
        join components c on c.session_id = s.id
        cross join lateral (
            select c.version, c.version_revision, c.name, c.jsx_code, c.css_code, c.component_type, c.metadata,
                   c.version_created_at
            where c.version = @Version::bigint
            union all
            select p.version, p.revision, p.name, p.jsx_code, p.css_code, p.component_type, p.metadata, p.created_at
            from component_versions p
            where p.session_id = c.session_id and p.component_id = c.id and p.version = @Version::bigint
        ) as v (version, revision, name, jsx_code, css_code, component_type, metadata, created_at)
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint and s.deleted_at is null
          and c.id = @ComponentId::bigint and c.deleted_at is null
        """;
}
