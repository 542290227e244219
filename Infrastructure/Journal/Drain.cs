using AiEditor.Persistence.Infrastructure.Rows;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>
/// One commit for all that was waiting: lock and look in one round trip, decide in memory, write and commit in a second.
/// Only replays, whose rows are known late, cost a third, and so does what is named by the key that made it.
/// </summary>
static class Drain
{
    /// <summary>Seconds that a round trip may take. More than the server gives a statement, so that it is the server who says no.</summary>
    public const int RoundTripAtMost = 6;

    /// <summary>Returns the sessions that have moved, once everything is durable. What it throws says nothing about what happened.</summary>
    public static async Task<IReadOnlyList<Session>> RunAsync(
        NpgsqlConnection connection,
        IReadOnlyList<Group> groups,
        TimeSpan lockWait
    )
    {
        foreach (var operation in groups.SelectMany(g => g.Operations))
            (operation.SessionId, operation.ItemId) = (operation.Target.SessionId, operation.Target.ItemId);
        var ledger = new Ledger();
        var survey = new Survey(connection, ledger, groups);
        await survey.LookAsync(lockWait);
        while (ledger.Learn(groups))
        {
            // What a name stands for was learnt only now, and has been neither locked nor looked at.
            ledger = new Ledger();
            survey = new Survey(connection, ledger, groups);
            await survey.LookAsync(lockWait, again: true);
        }
        await survey.LoadReplayedAsync();
        var decisions = new Decisions(ledger);
        foreach (var group in groups)
            decisions.Decide(group);
        return await Writing.CommitAsync(connection, ledger);
    }
}
