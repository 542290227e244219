namespace AiEditor.Persistence.Features.GetInteraction;

static class Sql
{
    public const string Find = """
        select i.session_id, i.id, i.client_id, i.revision, i.prompt, i.response, i.interaction_type, i.target_element,
               i.metadata, i.created_at
        from interactions i
        join sessions s on s.id = i.session_id
        where i.session_id = @SessionId::bigint and i.id = @InteractionId::bigint and i.deleted_at is null
          and s.user_id = @UserId::bigint and s.deleted_at is null
        """;
}
