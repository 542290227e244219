namespace AiEditor.Persistence.Infrastructure.Ownership;

static class Sql
{
    // In the trash too: there the session can still be restored, and replays still find their keys.
    public const string Owner = "select user_id from sessions where id = @SessionId::bigint";

    public const string IsThere = """
        select exists (
            select from sessions
            where id = @SessionId::bigint and user_id = @UserId::bigint and (deleted_at is null or @OrTrashed::boolean)
        )
        """;
}
