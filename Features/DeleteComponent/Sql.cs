namespace AiEditor.Persistence.Features.DeleteComponent;

static class Sql
{
    // The row stays: it is the tombstone that tells other devices.
    public const string Bury = """
        update components c
        set is_current = false, revision = d.revision, updated_at = d.updated_at, deleted_at = d.deleted_at
        from unnest(
            @SessionIds::bigint[], @Ids::bigint[], @Revisions::bigint[], @UpdatedAts::timestamptz[], @DeletedAts::timestamptz[]
        ) as d (session_id, id, revision, updated_at, deleted_at)
        where c.session_id = d.session_id and c.id = d.id
        """;
}
