using System.Threading.Channels;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Postgres;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>
/// One writer with its queue. It takes whatever waits and commits it together, at once when idle; while one commit is
/// being flushed, the next gathers. A session always meets the same shard, so an instance never fights itself for a row.
/// </summary>
sealed class Shard(NpgsqlDataSource database, ILogger logger)
{
    const int Capacity = 2048;
    const int GroupsAtOnce = 256;
    const int AttemptsAtMost = 4;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    readonly Channel<Group> queue = Channel.CreateBounded<Group>(
        new BoundedChannelOptions(Capacity) { SingleReader = true }
    );

    /// <summary>False when the queue is full: the caller is told at once.</summary>
    public bool TryEnqueue(Group group) => queue.Writer.TryWrite(group);

    public void Close() => queue.Writer.TryComplete();

    public async Task RunAsync()
    {
        var groups = new List<Group>(GroupsAtOnce);
        while (await queue.Reader.WaitToReadAsync())
        {
            while (groups.Count < GroupsAtOnce && queue.Reader.TryRead(out var group))
                groups.Add(group);
            await SettleAsync(groups);
            groups.Clear();
        }
    }

    /// <summary>Ends with every group settled, whatever happens.</summary>
    async Task SettleAsync(IReadOnlyList<Group> groups)
    {
        Problem? problem;
        try
        {
            problem = await CommitAsync(groups);
        }
        catch (Exception e) when (groups.Count > 1)
        {
            // Something in here cannot be written, although every check let it pass. Alone, each harms only itself.
            logger.LogWarning(e, "A commit of {Groups} groups failed; committing them one by one", groups.Count);
            foreach (var group in groups)
                await SettleAsync([group]);
            return;
        }
        catch (Exception e)
        {
            problem = Failures.ToProblem(e);
            if (problem.Status >= 500)
                logger.LogError(e, "A mutation could not be written");
        }
        foreach (var group in groups)
        {
            if (problem is not null)
                group.Refuse(problem);
            group.Settle();
        }
    }

    /// <summary>
    /// Commits, trying again while that can help. After a failure during COMMIT nothing is guessed: the next attempt takes
    /// the locks, finds the keys if they were committed, and otherwise starts over. Exactly once either way.
    /// </summary>
    async Task<Problem?> CommitAsync(IReadOnlyList<Group> groups)
    {
        var start = TimeProvider.System.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            Drain? drain = null;
            try
            {
                await using var connection = await database.OpenConnectionAsync();
                drain = new Drain(connection, groups);
                await drain.RunAsync();
                return null;
            }
            catch (Exception e) when (Failures.MayPass(e))
            {
                // A server that cannot be reached has been given nothing: that is known at once.
                var known = drain is null && attempt == 1;
                if (known || attempt == AttemptsAtMost || TimeProvider.System.GetElapsedTime(start) > Patience)
                {
                    logger.LogWarning(
                        "A commit was given up after {Attempts} attempts: {Failure}",
                        attempt,
                        Failures.Describe(e)
                    );
                    return Problem.Unavailable;
                }
                // Backing off: the server may be restarting, or another instance may hold the lock.
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(10, 60) * attempt));
            }
        }
    }
}
