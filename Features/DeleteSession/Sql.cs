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

    // An erasure leaves no record of its key, but the key must not be one that records something else.
    public const string KeyIsUsed = """
        select exists (
            select from session_journal
            where user_id = @UserId::bigint and (key = @Key::uuid or turn_key = @Key::uuid)
        )
        """;

    public const string Erase = """
        delete from sessions where id = @Id::bigint and user_id = @UserId::bigint returning revision
        """;
}
