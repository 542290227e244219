namespace AiEditor.Persistence.Features.SetCurrentComponent;

static class Sql
{
    // Not all are: one that was chosen and lost it again to another within the same commit comes here as it ended.
    public const string SetCurrent = """
        update components c
        set is_current = u.is_current, revision = u.revision, updated_at = u.updated_at
        from unnest(
            @SessionIds::bigint[], @Ids::bigint[], @AreCurrent::boolean[], @Revisions::bigint[], @UpdatedAts::timestamptz[]
        ) as u (session_id, id, is_current, revision, updated_at)
        where c.session_id = u.session_id and c.id = u.id
        """;
}
