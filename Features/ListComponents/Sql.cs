namespace AiEditor.Persistence.Features.ListComponents;

static class Sql
{
    // The session is asked for by itself, to tell one without components from one that does not exist.
    public const string Page = """
        select id from sessions where id = @SessionId::bigint and user_id = @UserId::bigint and deleted_at is null;

        select c.session_id, c.id, c.client_id, c.revision, c.version, c.version_revision, c.version_created_at, c.name,
               c.jsx_code, c.css_code, c.component_type, c.is_current, c.metadata, c.created_at, c.updated_at
        from components c
        join sessions s on s.id = c.session_id
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint and s.deleted_at is null
          and c.session_id = @SessionId::bigint and c.id > @After::bigint and c.deleted_at is null
        order by c.id
        limit @Limit::int + 1
        """;
}
