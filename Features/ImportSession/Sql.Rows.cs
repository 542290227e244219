namespace AiEditor.Persistence.Features.ImportSession;

static partial class Sql
{
    public const string InsertMessages = """
        insert into chat_messages
            (session_id, id, client_id, revision, role, content, message_type, metadata, attachments, created_at, deleted_at)
        overriding system value
        select session_id, id, client_id, 1, role, content, message_type, metadata::json, attachments::json, created_at, deleted_at
        from unnest(
            @SessionIds::bigint[], @Ids::bigint[], @ClientIds::uuid[], @Roles::text[], @Contents::text[], @MessageTypes::text[],
            @Metadatas::text[], @Attachments::text[], @CreatedAts::timestamptz[], @DeletedAts::timestamptz[]
        ) as m (session_id, id, client_id, role, content, message_type, metadata, attachments, created_at, deleted_at)
        """;

    public const string InsertReferences = """
        insert into message_attachments (session_id, message_id, sha256)
        select session_id, message_id, sha256
        from unnest(@SessionIds::bigint[], @MessageIds::bigint[], @Sha256s::bytea[]) as r (session_id, message_id, sha256)
        """;

    public const string InsertInteractions = """
        insert into interactions
            (session_id, id, client_id, revision, prompt, response, interaction_type, target_element, metadata, created_at, deleted_at)
        overriding system value
        select session_id, id, client_id, 1, prompt, response, interaction_type, target_element, metadata::json, created_at, deleted_at
        from unnest(
            @SessionIds::bigint[], @Ids::bigint[], @ClientIds::uuid[], @Prompts::text[], @Responses::text[],
            @InteractionTypes::text[], @TargetElements::text[], @Metadatas::text[], @CreatedAts::timestamptz[],
            @DeletedAts::timestamptz[]
        ) as i (session_id, id, client_id, prompt, response, interaction_type, target_element, metadata, created_at, deleted_at)
        """;
}
