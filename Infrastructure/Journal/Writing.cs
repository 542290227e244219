using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Postgres;
using AiEditor.Persistence.Infrastructure.Rows;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>Puts down what was decided.</summary>
static class Writing
{
    /// <summary>
    /// Everything that was accepted, each slice's rows as one set, and COMMIT, in one round trip. Returns the sessions, other
    /// than new ones, that have moved.
    /// </summary>
    public static async Task<IReadOnlyList<Session>> CommitAsync(NpgsqlConnection connection, Ledger ledger)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = Drain.RoundTripAtMost };
        var statements = new Statements(batch);
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
        var advanced = ledger
            .Accepted.Select(o => o.SessionId)
            .Distinct()
            .Where(ledger.Locked.Contains)
            .Select(id => (Session)ledger.Workspace.Get(Kind.Session, id)!)
            .ToArray();
        statements
            .Add(Sql.Advance, advanced)
            .Bind("SessionIds", s => s.Id)
            .Bind("Revisions", s => s.Revision)
            .Bind("Ats", s => s.UpdatedAt);
        if (ledger.HasReplays)
            statements.Add(Sql.AwaitDurability);
        statements.Add(Postgres.Sql.Commit);
        foreach (var group in ledger.Groups)
            group.MayHaveCommitted = true;
        await Durable.ExecuteAsync(batch);
        return advanced;
    }
}
