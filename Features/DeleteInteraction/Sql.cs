namespace AiEditor.Persistence.Features.DeleteInteraction;

static class Sql
{
    public const string Bury = """
        update interactions i
        set revision = d.revision, deleted_at = d.deleted_at
        from unnest(@SessionIds::bigint[], @Ids::bigint[], @Revisions::bigint[], @DeletedAts::timestamptz[])
            as d (session_id, id, revision, deleted_at)
        where i.session_id = d.session_id and i.id = d.id
        """;
}
