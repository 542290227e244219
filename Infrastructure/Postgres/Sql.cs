namespace AiEditor.Persistence.Infrastructure.Postgres;

static class Sql
{
    public const string Begin = "begin isolation level read committed";

    // Whoever turned synchronous_commit down for the whole server did not promise durability to our clients; we did.
    // Stronger settings stay.
    public const string PromiseDurability = """
        select case when current_setting('synchronous_commit') in ('off', 'local', 'remote_write')
                    then set_config('synchronous_commit', 'on', true) end
        """;

    public const string PromiseAndBound = PromiseDurability + ", set_config('lock_timeout', '1s', true)";

    public const string Commit = "commit";

    public const string Rollback = "rollback";
}
