namespace AiEditor.Persistence.Features.LoadSession;

static class Sql
{
    public const string State = """
        select revision, updated_at
        from sessions
        where id = @SessionId::bigint and user_id = @UserId::bigint and deleted_at is null
        """;

    // The columns are the members of the answer, in their order. One snapshot, so that the ETag's revision is the revision of everything below it; one round trip, transaction and all.
    public const string Load = """
        begin isolation level repeatable read read only;

        select id, client_id, user_id, title, description, is_active, revision, created_at, updated_at
        from sessions
        where id = @SessionId::bigint and user_id = @UserId::bigint and deleted_at is null;

        select id, session_id, client_id, revision, role, content, message_type, metadata, attachments,
               created_at
        from chat_messages
        where session_id = (
                select id from sessions where id = @SessionId::bigint and user_id = @UserId::bigint and deleted_at is null
              )
          and deleted_at is null
        order by id desc
        limit @Limit::int + 1;

        select id, session_id, client_id, revision, version, name,
               jsx_code, css_code, component_type, is_current, metadata, created_at, updated_at
        from components
        where session_id = (
                select id from sessions where id = @SessionId::bigint and user_id = @UserId::bigint and deleted_at is null
              )
          and deleted_at is null
        order by id;

        select id, session_id, client_id, revision, prompt, response, interaction_type, target_element,
               metadata, created_at
        from interactions
        where session_id = (
                select id from sessions where id = @SessionId::bigint and user_id = @UserId::bigint and deleted_at is null
              )
          and deleted_at is null
        order by id desc
        limit @Limit::int + 1;

        commit
        """;
}
