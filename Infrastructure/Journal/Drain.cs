using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>
/// One commit for all that was waiting: lock and look in one round trip, decide in memory, write and commit in a second.
/// Only replays, whose rows are known late, cost a third.
/// </summary>
static class Drain
{
    /// <summary>Seconds that a round trip may take. More than the server gives a statement, so that it is the server who says no.</summary>
    public const int RoundTripAtMost = 6;

    /// <summary>Returns once everything is durable. What it throws says nothing about what happened.</summary>
    public static async Task RunAsync(NpgsqlConnection connection, IReadOnlyList<Group> groups, TimeSpan lockWait)
    {
        var ledger = new Ledger();
        var survey = new Survey(connection, ledger, groups);
        await survey.LookAsync(lockWait);
        await survey.LoadReplayedAsync();
        var decisions = new Decisions(ledger);
        foreach (var group in groups)
            decisions.Decide(group);
        await Writing.CommitAsync(connection, ledger);
    }
}
