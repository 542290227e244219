namespace AiEditor.Persistence.Features.SaveMessage;

static class Sql
{
    public const string Insert = """
        insert into chat_messages
            (session_id, id, client_id, revision, role, content, message_type, metadata, attachments, created_at)
        overriding system value
        select session_id, id, client_id, revision, role, content, message_type, metadata::json, attachments::json, created_at
        from unnest(
            @SessionIds::bigint[], @Ids::bigint[], @ClientIds::uuid[], @Revisions::bigint[], @Roles::text[],
            @Contents::text[], @MessageTypes::text[], @Metadatas::text[], @Attachments::text[], @CreatedAts::timestamptz[]
        ) as m (session_id, id, client_id, revision, role, content, message_type, metadata, attachments, created_at)
        """;

    public const string Refer = """
        insert into message_attachments (session_id, message_id, sha256)
        select session_id, message_id, sha256
        from unnest(@SessionIds::bigint[], @MessageIds::bigint[], @Sha256s::bytea[]) as r (session_id, message_id, sha256)
        """;
}
