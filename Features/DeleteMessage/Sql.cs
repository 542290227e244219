namespace AiEditor.Persistence.Features.DeleteMessage;

static class Sql
{
    public const string Bury = """
        update chat_messages m
        set revision = d.revision, deleted_at = d.deleted_at
        from unnest(@SessionIds::bigint[], @Ids::bigint[], @Revisions::bigint[], @DeletedAts::timestamptz[])
            as d (session_id, id, revision, deleted_at)
        where m.session_id = d.session_id and m.id = d.id
        """;
}
