using System.Threading.Channels;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Live;
using AiEditor.Persistence.Infrastructure.Postgres;
using AiEditor.Persistence.Infrastructure.Rows;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>
/// One writer with its queue. It takes whatever waits and commits it together, at once when idle; while one commit is
/// being flushed, the next gathers. What is saved singly to a session always meets the same shard, so that an instance seldom
/// fights itself for a row.
/// </summary>
sealed class Shard(NpgsqlDataSource database, Hints hints, ILogger logger)
{
    const int Capacity = 2048;
    const int BytesAtMost = 32 * Rules.MiB;
    const int GroupsAtOnce = 256;
    const int BytesAtOnce = 8 * Rules.MiB;

    /// <summary>Items, and versions of them: each may have 2 MiB of text.</summary>
    const int LoadsAtOnce = 64;
    const int AttemptsAtMost = 4;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    static readonly TimeSpan LongLockWait = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan ShortLockWait = TimeSpan.FromMilliseconds(250);

    readonly Channel<Parcel> queue = Channel.CreateBounded<Parcel>(
        // An idle writer goes to work on the thread that brings it something, up to its question to the database.
        new BoundedChannelOptions(Capacity) { SingleReader = true, AllowSynchronousContinuations = true }
    );

    readonly SessionCache cache = new();
    int waitingBytes;

    /// <summary>False when the queue is full, by number or by weight: the caller is told at once.</summary>
    public bool TryEnqueue(Parcel parcel)
    {
        // One alone always fits, so that no request is too large to be ever taken.
        var weight = Interlocked.Add(ref waitingBytes, parcel.Bytes);
        if ((weight <= BytesAtMost || weight == parcel.Bytes) && queue.Writer.TryWrite(parcel))
            return true;
        Interlocked.Add(ref waitingBytes, -parcel.Bytes);
        return false;
    }

    public void Close() => queue.Writer.TryComplete();

    public async Task RunAsync()
    {
        var groups = new List<Group>(GroupsAtOnce);
        while (await queue.Reader.WaitToReadAsync())
        {
            var bytes = 0;
            while (groups.Count < GroupsAtOnce && bytes < BytesAtOnce && queue.Reader.TryRead(out var parcel))
            {
                groups.AddRange(parcel.Groups);
                bytes += parcel.Bytes;
            }
            try
            {
                foreach (var part in ByWhatTheyLoad(groups))
                    await SettleAsync(part, TimeProvider.System.GetTimestamp());
            }
            catch (Exception e)
            {
                // A bug of ours in the handling of failures; the writer goes on, for it is the only one these sessions have.
                logger.LogError("A commit could not be settled: {Failure}", Failures.Describe(e));
                foreach (var group in groups.Where(g => !g.Done.IsCompleted))
                    group.Refuse(Problem.Internal);
            }
            foreach (var group in groups)
                group.Settle();
            Interlocked.Add(ref waitingBytes, -bytes);
            groups.Clear();
        }
    }

    /// <summary>What has waited too long is refused, mostly untried: its client is about to give up.</summary>
    static bool Shed(Group group)
    {
        if (group.Parcel.Age < Patience)
            return false;
        group.Refuse(group.MayHaveCommitted ? Problem.Unavailable : Problem.Overloaded);
        group.Settle();
        return true;
    }

    /// <summary>Operations of a batch come to pass in its order: after one that is unknown, none.</summary>
    static bool CutShort(Group group)
    {
        if (!group.Parcel.IsCutShort)
            return false;
        group.Refuse(Problem.Unavailable);
        group.Settle();
        return true;
    }

    /// <summary>In their order, in parts that do not load more than memory should hold at once.</summary>
    static IEnumerable<List<Group>> ByWhatTheyLoad(IReadOnlyList<Group> groups)
    {
        var part = new List<Group>(groups.Count);
        var loads = new HashSet<Load>();
        foreach (var group in groups)
        {
            // Most only add something, and load nothing.
            if (group.Operations.Any(static o => o.Slice.AimsAtItem))
            {
                Load[] own = [.. group.Operations.Where(static o => o.Slice.AimsAtItem).SelectMany(Loads)];
                if (part.Count > 0 && loads.Union(own).Count() > LoadsAtOnce)
                {
                    yield return part;
                    part = [];
                    loads.Clear();
                }
                loads.UnionWith(own);
            }
            part.Add(group);
        }
        yield return part;
    }

    /// <summary>The item that it aims at, and the versions of it that it names.</summary>
    static IEnumerable<Load> Loads(Operation operation)
    {
        var target = operation.Target;
        return (target.BaseVersions ?? [])
            .Select(version => (long?)version)
            .Append(target.Version)
            .Append(null)
            .Select(version => new Load(operation.Kind, target.ItemId, target.ItemName, version));
    }

    /// <summary>One row, as far as can be told before anything is looked at.</summary>
    readonly record struct Load(Kind Kind, long ItemId, Guid? ItemName, long? Version);

    /// <summary>Ends with every group settled, and with all of them after not much more than our patience.</summary>
    async Task SettleAsync(IReadOnlyList<Group> groups, long start, bool isPart = false)
    {
        groups = [.. groups.Where(g => !Shed(g) && !CutShort(g))];
        if (groups.Count == 0)
            return;
        Problem? problem;
        try
        {
            // Nobody waits long because somebody else's session is locked from outside.
            var isAlone = !isPart && groups.All(g => g.Parcel.Session.Equals(groups[0].Parcel.Session));
            problem = await CommitAsync(groups, start, isAlone ? LongLockWait : ShortLockWait);
        }
        catch (Exception e) when (Split(groups, e) is { Count: > 1 } parts)
        {
            // Something in here cannot be written now, although every check let it pass. Apart, it harms only itself.
            logger.LogWarning(
                "A commit failed ({Failure}); trying its {Parts} parts",
                Failures.Describe(e),
                parts.Count
            );
            foreach (var part in parts)
                await SettleAsync(part, start, isPart: true);
            return;
        }
        catch (Exception e)
        {
            problem = Failures.ToProblem(e);
            if (problem.Status >= 500)
                logger.LogError("A mutation could not be written: {Failure}", Failures.Describe(e));
        }
        foreach (var group in groups)
        {
            if (problem is not null)
                group.Refuse(problem);
            group.Settle();
        }
    }

    /// <summary>A session that somebody holds locked is set apart; what else may be wrong is found by halving.</summary>
    static List<Group[]> Split(IReadOnlyList<Group> groups, Exception e) =>
        Failures.IsLockTimeout(e) && groups.Count > 1
            ? [.. groups.GroupBy(g => g.Parcel.Session).Select(g => g.ToArray())]
            : [.. groups.Chunk(Math.Max(1, (groups.Count + 1) / 2))];

    /// <summary>
    /// Commits, trying again while that can help. After a failure during COMMIT nothing is guessed: the next attempt takes
    /// the locks, finds the keys if they were committed, and otherwise starts over. Exactly once either way.
    /// </summary>
    async Task<Problem?> CommitAsync(IReadOnlyList<Group> groups, long start, TimeSpan lockWait)
    {
        for (var attempt = 1; ; attempt++)
        {
            var connected = false;
            try
            {
                await using var connection = await database.OpenConnectionAsync();
                connected = true;
                foreach (var session in await new Drain(connection, cache, lockWait).RunAsync(groups))
                    hints.Say(session.Id, session.Revision);
                return null;
            }
            catch (Exception e) when (Failures.MayPass(e) && !Failures.IsLockTimeout(e))
            {
                if (Failures.IsDefinite(e))
                    foreach (var group in groups)
                        group.MayHaveCommitted = false;
                // A server that cannot be reached has been given nothing: that is known at once.
                var known = !connected && attempt == 1;
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
