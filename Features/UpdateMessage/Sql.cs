namespace AiEditor.Persistence.Features.UpdateMessage;

static class Sql
{
    public const string Change = """
        update chat_messages m
        set revision = u.revision, content = u.content, metadata = u.metadata::json
        from unnest(
            @SessionIds::bigint[], @Ids::bigint[], @Revisions::bigint[], @Contents::text[], @Metadatas::text[]
        ) as u (session_id, id, revision, content, metadata)
        where m.session_id = u.session_id and m.id = u.id
        """;
}
