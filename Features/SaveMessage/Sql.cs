namespace AiEditor.Persistence.Features.SaveMessage;

static class Sql
{
    public const string Insert = """
        insert into chat_messages
            (session_id, id, client_id, revision, role, content, message_type, metadata, attachments, created_at)
        overriding system value
        select session_id, id, client_id, revision, role, content, message_type, metadata::json, '[]', created_at
        from unnest(
            @SessionIds::bigint[], @Ids::bigint[], @ClientIds::uuid[], @Revisions::bigint[], @Roles::text[],
            @Contents::text[], @MessageTypes::text[], @Metadatas::text[], @CreatedAts::timestamptz[]
        ) as m (session_id, id, client_id, revision, role, content, message_type, metadata, created_at)
        """;
}
