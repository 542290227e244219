namespace AiEditor.Persistence.Features.ListInteractions;

static class Sql
{
    // One statement, hence one snapshot: no row at all is a session that is not there, a row of nulls one without interactions.
    public const string Page = """
        select i.session_id, i.id, i.client_id, i.revision, i.prompt, i.response, i.interaction_type, i.target_element,
               i.metadata, i.created_at
        from sessions s
        left join lateral (
            select session_id, id, client_id, revision, prompt, response, interaction_type, target_element, metadata, created_at
            from interactions
            where session_id = s.id and id < @Before::bigint and deleted_at is null
            order by id desc
            limit @Limit::int + 1
        ) i on true
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint and s.deleted_at is null
        order by i.id desc
        """;
}
