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

        select m.id, m.session_id, m.client_id, m.revision, m.role, m.content, m.message_type, m.metadata, m.attachments,
               m.created_at
        from chat_messages m
        join sessions s on s.id = m.session_id
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint and s.deleted_at is null
          and m.deleted_at is null
        order by m.id desc
        limit @Limit::int + 1;

        select c.id, c.session_id, c.client_id, c.revision, c.version, c.name,
               c.jsx_code, c.css_code, c.component_type, c.is_current, c.metadata, c.created_at, c.updated_at
        from components c
        join sessions s on s.id = c.session_id
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint and s.deleted_at is null
          and c.deleted_at is null
        order by c.id;

        select i.id, i.session_id, i.client_id, i.revision, i.prompt, i.response, i.interaction_type, i.target_element,
               i.metadata, i.created_at
        from interactions i
        join sessions s on s.id = i.session_id
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint and s.deleted_at is null
          and i.deleted_at is null
        order by i.id desc
        limit @Limit::int + 1;

        commit
        """;
}
