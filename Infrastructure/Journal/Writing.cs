using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Postgres;
using AiEditor.Persistence.Infrastructure.Rows;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>Puts down what was decided.</summary>
static class Writing
{
    /// <summary>Everything that was accepted, each slice's rows as one set, and COMMIT, in one round trip.</summary>
    public static async Task CommitAsync(
        NpgsqlConnection connection,
        Ledger ledger,
        SessionCache cache,
        TimeSpan lockWait
    )
    {
        await using var trip = new RoundTrip(connection);
        var statements = trip.Statements;
        if (ledger.IsAssumed)
            BeginAssumed(trip, ledger, cache, lockWait);
        statements
            .Add(Sql.Retire, [.. ledger.Workspace.Retired])
            .Bind("SessionIds", r => r.SessionId)
            .Bind("Ids", r => r.ComponentId)
            .Bind("Revisions", r => r.Revision)
            .Bind("Ats", r => r.At);
        foreach (
            var ofSlice in ledger
                .Accepted.GroupBy(o => (o.Action, o.Kind, Slice: o.Slice.GetType()))
                .OrderBy(g => g.Key.Action)
                .ThenBy(g => g.Key.Kind)
        )
            ofSlice.First().WriteAll(ofSlice, ledger.Workspace, statements);
        statements
            .Add(Sql.KeepSuperseded, ledger.Workspace.Superseded)
            .Bind("SessionIds", v => v.SessionId)
            .Bind("ComponentIds", v => v.ComponentId)
            .Bind("Versions", v => v.Version)
            .Bind("Revisions", v => v.Revision)
            .Bind("Names", v => v.Name)
            .Bind("JsxCodes", v => v.JsxCode)
            .Bind("CssCodes", v => v.CssCode)
            .Bind("ComponentTypes", v => v.ComponentType)
            .Bind("Metadatas", v => v.Metadata.Text)
            .Bind("CreatedAts", v => v.CreatedAt);
        statements
            .Add(Sql.Record, ledger.Written)
            .Bind("SessionIds", r => r.SessionId)
            .Bind("Revisions", r => r.Revision)
            .Bind("UserIds", r => r.UserId)
            .Bind("Keys", r => r.Key)
            .Bind("TurnKeys", r => r.TurnKey)
            .Bind("Kinds", r => Wire.Name(r.Kind))
            .Bind("Actions", r => Wire.Name(r.Action))
            .Bind("ItemIds", r => r.ItemId)
            .Bind("Sha256s", r => r.Sha256.Bytes)
            .Bind("CreatedAts", r => r.CreatedAt);
        if (!ledger.IsAssumed)
            statements
                .Add(Sql.Advance, ledger.Advanced)
                .Bind("SessionIds", s => s.Id)
                .Bind("Revisions", s => s.Revision)
                .Bind("Ats", s => s.UpdatedAt);
        if (ledger.HasReplays)
            statements.Add(Sql.AwaitDurability);
        statements.Add(Postgres.Sql.Commit);
        foreach (var group in ledger.Groups)
            group.MayHaveCommitted = true;
        await Durable.CommitAsync(connection, trip.ExecuteAsync);
    }

    /// <summary>
    /// What a look would have begun: the transaction, the locks, which are taken in the order of ids here too, and the ids for
    /// next time.
    /// </summary>
    static void BeginAssumed(RoundTrip trip, Ledger ledger, SessionCache cache, TimeSpan lockWait)
    {
        trip.Run(Postgres.Sql.Begin);
        trip.Run(Sql.Bounds, Sql.LockTimeout(lockWait));
        trip.Each<(Session Before, Session After), DateTime>(
            Sql.AdvanceAssumed,
            [.. ledger.Advanced.OrderBy(s => s.Id).Select(after => (ledger.Locked[after.Id], after))],
            s =>
                s.Bind("SessionIds", x => x.After.Id)
                    .Bind("UserIds", x => x.After.UserId)
                    .Bind("WereAt", x => x.Before.Revision)
                    .Bind("WereUpdatedAt", x => x.Before.UpdatedAt)
                    .Bind("Revisions", x => x.After.Revision)
                    .Bind("Ats", x => x.After.UpdatedAt)
                    .Bind("KeyUserIds", ledger.Written.Select(r => r.UserId).ToArray())
                    .Bind("Keys", ledger.Written.Select(r => r.Key).ToArray())
                    .Bind("Count", (long)ledger.Locked.Count),
            cache.Clock.Set
        );
        foreach (var ofKind in ledger.Accepted.CountBy(o => o.Kind))
            if (cache.Reserve(ofKind.Key, ofKind.Value) is > 0 and var count)
                trip.Each<long>(
                    Sql.NextIds(ofKind.Key),
                    id => ledger.Ids(ofKind.Key).Enqueue(id),
                    new NpgsqlParameter<int>("Count", count)
                );
    }
}
