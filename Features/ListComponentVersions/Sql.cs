namespace AiEditor.Persistence.Features.ListComponentVersions;

static class Sql
{
    // The past is limited where its index is walked, so that a long history costs no more than a page of it.
    public const string Page = """
        select v.version, v.revision, v.name, v.jsx_bytes, v.css_bytes, v.created_at
        from sessions s
        join components c on c.session_id = s.id
        cross join lateral (
            select c.version, c.version_revision, c.name, octet_length(c.jsx_code), octet_length(c.css_code), c.version_created_at
            union all
            (
                select p.version, p.revision, p.name, octet_length(p.jsx_code), octet_length(p.css_code), p.created_at
                from component_versions p
                where p.session_id = c.session_id and p.component_id = c.id and p.version < @Before::bigint
                order by p.version desc
                limit @Limit::int + 1
            )
        ) as v (version, revision, name, jsx_bytes, css_bytes, created_at)
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint and s.deleted_at is null
          and c.id = @ComponentId::bigint and c.deleted_at is null
          and v.version < @Before::bigint
        order by v.version desc
        limit @Limit::int + 1
        """;
}
