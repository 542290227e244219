namespace AiEditor.Persistence.Features.RestoreSession;

static class Sql
{
    // Not null: the same commit may also have thrown the session away again.
    public const string Restore = """
        update sessions s
        set deleted_at = r.deleted_at
        from unnest(@Ids::bigint[], @UserIds::bigint[], @DeletedAts::timestamptz[]) as r (id, user_id, deleted_at)
        where s.id = r.id and s.user_id = r.user_id
        """;
}
