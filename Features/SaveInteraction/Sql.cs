namespace AiEditor.Persistence.Features.SaveInteraction;

static class Sql
{
    public const string Insert = """
        insert into interactions
            (session_id, id, client_id, revision, prompt, response, interaction_type, target_element, metadata, created_at)
        overriding system value
        select session_id, id, client_id, revision, prompt, response, interaction_type, target_element, metadata::json, created_at
        from unnest(
            @SessionIds::bigint[], @Ids::bigint[], @ClientIds::uuid[], @Revisions::bigint[], @Prompts::text[],
            @Responses::text[], @InteractionTypes::text[], @TargetElements::text[], @Metadatas::text[], @CreatedAts::timestamptz[]
        ) as i (session_id, id, client_id, revision, prompt, response, interaction_type, target_element, metadata, created_at)
        """;
}
