namespace AiEditor.Persistence.Features.DeleteSession;

static class Sql
{
    // Not always a time: the same commit may also have restored the session.
    public const string Trash = """
        update sessions s
        set deleted_at = t.deleted_at
        from unnest(@Ids::bigint[], @UserIds::bigint[], @DeletedAts::timestamptz[]) as t (id, user_id, deleted_at)
        where s.id = t.id and s.user_id = t.user_id
        """;
}
