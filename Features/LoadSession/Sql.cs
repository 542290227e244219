namespace AiEditor.Persistence.Features.LoadSession;

/// <summary>The columns are the members of the answer, in their order.</summary>
static class Sql
{
    public const string State = $"select revision, updated_at {OwnedSession}";

    // One snapshot, so that the ETag's revision is the revision of everything below it; one round trip, transaction and all.
    public const string Load = $"""
        begin isolation level repeatable read read only;
        {Session};
        {Messages} order by id desc limit @Limit::int + 1;
        {Components} order by id;
        {Interactions} order by id desc limit @Limit::int + 1;
        commit
        """;

    // The same, but oldest first, so that nothing has to be gathered; and before each list that may go on into the past, the
    // oldest that is shown and, if there is one, the next older.
    public const string LoadInOrder = $"""
        begin isolation level repeatable read read only;
        {Session};
        select id from chat_messages where {Owned} {Oldest} limit 2;
        {Messages} and id >= coalesce((select id from chat_messages where {Owned} {Oldest} limit 1), 0) order by id;
        {Components} order by id;
        select id from interactions where {Owned} {Oldest} limit 2;
        {Interactions} and id >= coalesce((select id from interactions where {Owned} {Oldest} limit 1), 0) order by id;
        commit
        """;

    const string Oldest = "order by id desc offset @Limit::int - 1";
    const string OwnedSession =
        "from sessions where id = @SessionId::bigint and user_id = @UserId::bigint and deleted_at is null";
    const string Owned = $"deleted_at is null and session_id = (select id {OwnedSession})";
    const string Session =
        $"select id, client_id, user_id, title, description, is_active, revision, created_at, updated_at {OwnedSession}";
    const string Messages = $"""
        select id, session_id, client_id, revision, role, content, message_type, metadata, attachments, created_at
        from chat_messages where {Owned}
        """;
    const string Components = $"""
        select id, session_id, client_id, revision, version, name, jsx_code, css_code, component_type, is_current, metadata,
               created_at, updated_at
        from components where {Owned}
        """;
    const string Interactions = $"""
        select id, session_id, client_id, revision, prompt, response, interaction_type, target_element, metadata, created_at
        from interactions where {Owned}
        """;
}
