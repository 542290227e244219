using AiEditor.Persistence.Infrastructure.Postgres;
using AiEditor.Persistence.Infrastructure.Rows;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>
/// One commit for all that was waiting: lock and look in one round trip, decide in memory, write and commit in a second.
/// Only replays, whose rows are known late, cost a third, and so does what is named by the key that made it. What is only
/// added to sessions that this writer remembers needs no look, and one round trip.
/// </summary>
sealed class Drain(NpgsqlConnection connection, SessionCache cache, TimeSpan lockWait)
{
    /// <summary>Whether a failed transaction is still to be ended.</summary>
    bool hasFailed;

    /// <summary>Returns the sessions that have moved, once everything is durable. What it throws says nothing about what happened.</summary>
    public async Task<IReadOnlyList<Session>> RunAsync(IReadOnlyList<Group> groups)
    {
        try
        {
            var ledger = await AssumeAsync(groups) ?? await LookAsync(groups);
            cache.Learn(ledger);
            return ledger.Advanced;
        }
        catch
        {
            cache.Forget(groups);
            throw;
        }
    }

    /// <summary>Null when memory does not suffice, or was wrong: then nothing has happened.</summary>
    async Task<Ledger?> AssumeAsync(IReadOnlyList<Group> groups)
    {
        TakeAim(groups);
        if (cache.Recall(groups) is not { } ledger || !DecideAll(ledger, groups))
            return null;
        try
        {
            await Writing.CommitAsync(connection, ledger, cache, lockWait);
            return ledger;
        }
        catch (PostgresException e) when (Failures.IsDefinite(e))
        {
            foreach (var group in groups)
                group.MayHaveCommitted = false;
            if (!Failures.ContradictsMemory(e))
                throw;
            hasFailed = true;
            return null;
        }
    }

    async Task<Ledger> LookAsync(IReadOnlyList<Group> groups)
    {
        TakeAim(groups);
        var ledger = new Ledger();
        var survey = new Survey(connection, ledger, groups, cache);
        await survey.LookAsync(lockWait, again: hasFailed);
        while (ledger.Learn(groups))
        {
            // What a name stands for was learnt only now, and has been neither locked nor looked at.
            ledger = new Ledger();
            survey = new Survey(connection, ledger, groups, cache);
            await survey.LookAsync(lockWait, again: true);
        }
        cache.Clock.Set(ledger.At);
        await survey.LoadReplayedAsync();
        DecideAll(ledger, groups);
        await Writing.CommitAsync(connection, ledger, cache, lockWait);
        return ledger;
    }

    /// <summary>At what the request says, whatever an earlier attempt has made of it.</summary>
    static void TakeAim(IReadOnlyList<Group> groups)
    {
        foreach (var group in groups)
        foreach (var operation in group.Operations)
            (operation.SessionId, operation.ItemId) = (operation.Target.SessionId, operation.Target.ItemId);
    }

    /// <summary>Whether nothing was refused and nothing replayed.</summary>
    static bool DecideAll(Ledger ledger, IReadOnlyList<Group> groups)
    {
        var decisions = new Decisions(ledger);
        foreach (var group in groups)
            decisions.Decide(group);
        return ledger.Groups.Count == groups.Count;
    }
}
