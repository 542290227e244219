using AiEditor.Persistence.Infrastructure.Rows;
using Npgsql;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>Locks what is aimed at and fills the ledger with the present state of it.</summary>
sealed class Survey(NpgsqlConnection connection, Ledger ledger, IReadOnlyList<Group> groups)
{
    IEnumerable<Operation> Operations => groups.SelectMany(g => g.Operations);

    /// <summary>Takes the locks, then looks at everything that the operations name.</summary>
    public async Task LookAsync(TimeSpan lockWait)
    {
        await using var look = new Look(connection);
        look.Run(Postgres.Sql.Begin);
        look.Run(Sql.Bounds, new NpgsqlParameter<string>("LockTimeout", $"{lockWait.TotalMilliseconds}ms"));
        var sessions = Operations
            .Where(o => !o.MakesSession)
            .Select(o => (o.Target.SessionId, o.Target.UserId))
            .Distinct()
            .ToArray();
        look.Each<(long SessionId, long UserId), Session>(
            Sql.Lock,
            sessions,
            s => s.Bind("SessionIds", x => x.SessionId).Bind("UserIds", x => x.UserId),
            session =>
            {
                ledger.Locked.Add(session.Id);
                ledger.Workspace.Load(Kind.Session, session);
            }
        );
        var keys = groups
            .SelectMany(g =>
                g.Operations.Select(o => (g.UserId, o.Key)).Append((g.UserId, g.TurnKey ?? g.Operations[0].Key))
            )
            .Distinct()
            .ToArray();
        Keys(look, Sql.FindKeys, keys, ledger.AddReceipt);
        Keys(look, Sql.FindTurnKeys, keys, ledger.AddToTurn);
        look.Each<DateTime>(Sql.Clock, now => ledger.At = now);
        DrawIds(look, Kind.Session, Sql.NextSessionIds);
        DrawIds(look, Kind.Message, Sql.NextMessageIds);
        DrawIds(look, Kind.Component, Sql.NextComponentIds);
        DrawIds(look, Kind.Interaction, Sql.NextInteractionIds);
        var aimedAt = Operations
            .Where(o => o.Target.ItemId > 0)
            .Select(o => (o.Kind, o.Target.SessionId, o.Target.ItemId))
            .Distinct()
            .ToArray();
        LoadItems(look, aimedAt);
        var withComponents = Operations
            .Where(o => o.Kind is Kind.Component)
            .Select(o => o.Target.SessionId)
            .Distinct()
            .ToArray();
        look.Each<long, (long SessionId, long Id)>(
            Sql.CurrentComponents,
            withComponents,
            s => s.Bind("SessionIds", id => id),
            current => ledger.Workspace.LoadCurrent(current.SessionId, current.Id)
        );
        var versions = Operations
            .Where(o => o is { Kind: Kind.Component, Action: Action.Update or Action.Restore })
            .SelectMany(o =>
                (o.Target.BaseVersions ?? [])
                    .Concat(o.Target.Version is { } v ? [v] : [])
                    .Select(v => (o.Target.SessionId, o.Target.ItemId, Version: v))
            )
            .Distinct()
            .ToArray();
        look.Each<(long SessionId, long ItemId, long Version), ComponentVersion>(
            Sql.Versions,
            versions,
            s =>
                s.Bind("SessionIds", v => v.SessionId)
                    .Bind("ComponentIds", v => v.ItemId)
                    .Bind("Versions", v => v.Version),
            ledger.Workspace.Load
        );
        await look.ExecuteAsync();
    }

    /// <summary>A replay answers with the resource as it is now, which only its receipt leads to.</summary>
    public async Task LoadReplayedAsync()
    {
        var missing = ledger
            .Found.Where(r => ledger.Workspace.Get(r.Kind, r.ItemId) is null)
            .Select(r => (r.Kind, r.SessionId, r.ItemId))
            .Distinct()
            .ToArray();
        if (missing.Length == 0)
            return;
        await using var look = new Look(connection);
        LoadItems(look, missing);
        await look.ExecuteAsync();
    }

    void DrawIds(Look look, Kind kind, string sql)
    {
        var count = Operations.Count(o => o.Kind == kind && o.Action is (Action.Create or Action.Import));
        if (count > 0)
            look.Each<long>(sql, ledger.Ids(kind).Enqueue, new NpgsqlParameter<int>("Count", count));
    }

    void LoadItems(Look look, IReadOnlyCollection<(Kind Kind, long SessionId, long ItemId)> items)
    {
        Load<Session>(Kind.Session, Sql.Sessions);
        Load<ChatMessage>(Kind.Message, Sql.Messages);
        Load<Component>(Kind.Component, Sql.Components);
        Load<Interaction>(Kind.Interaction, Sql.Interactions);

        void Load<TRow>(Kind kind, string sql)
            where TRow : IItem =>
            look.Each<(Kind Kind, long SessionId, long ItemId), TRow>(
                sql,
                [.. items.Where(i => i.Kind == kind)],
                s => s.Bind("SessionIds", i => i.SessionId).Bind("Ids", i => i.ItemId),
                row => ledger.Workspace.Load(kind, row)
            );
    }

    static void Keys(Look look, string sql, IReadOnlyList<(long UserId, Guid Key)> keys, Action<Receipt> found) =>
        look.Each(sql, keys, s => s.Bind("UserIds", k => k.UserId).Bind("Keys", k => k.Key), found);
}
