namespace AiEditor.Persistence.Infrastructure.Live;

static class Sql
{
    // A notification is nothing to keep: its commit need not wait for the disk.
    public const string Notify = """
        select set_config('synchronous_commit', 'off', true), pg_notify(@Channel, @Payload)
        """;

    public const string Revisions = """
        select wanted.id, s.revision
        from unnest(@Ids::bigint[]) as wanted (id)
        left join sessions s on s.id = wanted.id
        """;
}
