namespace AiEditor.Persistence.Features.GetOperation;

static class Sql
{
    // A turn is recorded under the keys of its parts; its own key finds the first of them.
    // The receipt vouches for a commit that a standby may not have yet, say when the wait for it was cancelled. A
    // transactional message, written after that commit was seen, makes this transaction one whose own commit waits until
    // everything before it in the log is as durable as promised. Where nothing is found, nothing is written or waited for.
    public const string Find = """
        with receipt as (
            select session_id, revision, user_id, key, turn_key, kind, action, item_id, sha256, created_at
            from session_journal
            where user_id = @UserId::bigint and (key = @Key::uuid or turn_key = @Key::uuid)
            order by key = @Key::uuid desc, revision
            limit 1
        )
        select session_id, revision, user_id, key, turn_key, kind, action, item_id, sha256, created_at,
               pg_logical_emit_message(true, 'replay', '') as durable_after
        from receipt
        """;
}
