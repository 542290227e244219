namespace AiEditor.Persistence.Features.LoadSession;

static class Sql
{
    public const string Revision = """
        select revision from sessions where id = @SessionId::bigint and user_id = @UserId::bigint and deleted_at is null
        """;

    // One snapshot, so that the ETag's revision is the revision of everything below it; one round trip, transaction and all.
    public const string Load = """
        begin isolation level repeatable read read only;

        select id, client_id, user_id, title, description, is_active, revision, created_at, updated_at
        from sessions
        where id = @SessionId::bigint and user_id = @UserId::bigint and deleted_at is null;

        select session_id, id, client_id, revision, role, content, message_type, metadata, attachments, created_at
        from chat_messages
        where session_id = @SessionId::bigint and deleted_at is null
        order by id desc
        limit @Limit::int + 1;

        select session_id, id, client_id, revision, version, version_revision, version_created_at, name, jsx_code, css_code,
               component_type, is_current, metadata, created_at, updated_at
        from components
        where session_id = @SessionId::bigint and deleted_at is null
        order by id;

        select session_id, id, client_id, revision, prompt, response, interaction_type, target_element, metadata, created_at
        from interactions
        where session_id = @SessionId::bigint and deleted_at is null
        order by id desc
        limit @Limit::int + 1;

        commit
        """;
}
