using AiEditor.Persistence.Infrastructure.Rows;
using Npgsql;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>Locks what is aimed at and fills the ledger with the present state of it.</summary>
sealed class Survey(NpgsqlConnection connection, Ledger ledger, IReadOnlyList<Group> groups, SessionCache cache)
{
    IEnumerable<Operation> Operations => groups.SelectMany(g => g.Operations);

    /// <summary>Takes the locks, then looks at everything that the operations name.</summary>
    public async Task LookAsync(TimeSpan lockWait, bool again = false)
    {
        await using var look = new RoundTrip(connection);
        if (again)
            look.Run(Postgres.Sql.Rollback);
        look.Run(Postgres.Sql.Begin);
        look.Run(Sql.Bounds, Sql.LockTimeout(lockWait));
        var sessions = Operations
            .Where(o => o.SessionId > 0)
            .Select(o => (o.SessionId, o.Target.UserId))
            .Distinct()
            .ToArray();
        look.Each<(long SessionId, long UserId), Session>(
            Sql.Lock,
            sessions,
            s => s.Bind("SessionIds", x => x.SessionId).Bind("UserIds", x => x.UserId),
            ledger.Found
        );
        var keys = groups
            .SelectMany(g => g.Operations.SelectMany(Named).Append(g.TurnKey).Select(key => (g.UserId, Key: key)))
            .Where(k => k.Key is not null)
            .Select(k => (k.UserId, k.Key!.Value))
            .Distinct()
            .ToArray();
        Keys(look, Sql.FindKeys, keys, ledger.AddReceipt);
        Keys(look, Sql.FindTurnKeys, keys, ledger.AddToTurn);
        look.Each<DateTime>(Sql.Clock, now => ledger.At = now);
        foreach (var kind in Enum.GetValues<Kind>())
            DrawIds(look, kind);
        var aimedAt = Operations
            .Where(o => o is { SessionId: > 0, ItemId: > 0 })
            .Select(o => (o.Kind, o.SessionId, o.ItemId))
            .ToArray();
        LoadItems<Session>(look, Kind.Session, Sql.Sessions, aimedAt);
        LoadItems<ChatMessage>(look, Kind.Message, Sql.Messages, aimedAt);
        LoadItems<Component>(look, Kind.Component, Sql.Components, aimedAt);
        LoadItems<Interaction>(look, Kind.Interaction, Sql.Interactions, aimedAt);
        var withComponents = Operations
            .Where(o => o is { Kind: Kind.Component, SessionId: > 0 })
            .Select(o => o.SessionId)
            .Distinct()
            .ToArray();
        look.Each<long, (long SessionId, long Id)>(
            Sql.CurrentComponents,
            withComponents,
            s => s.Bind("SessionIds", id => id),
            current => ledger.Workspace.LoadCurrent(current.SessionId, current.Id)
        );
        var versions = Operations
            .Where(o => o is { Kind: Kind.Component, Action: Action.Update or Action.Restore, ItemId: > 0 })
            .SelectMany(o =>
                (o.Target.BaseVersions ?? [])
                    .Concat(o.Target.Version is { } v ? [v] : [])
                    .Select(v => (o.SessionId, o.ItemId, Version: v))
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
        look.Each<(long SessionId, long UserId, Sha256 Sha256), PutAttachment>(
            Sql.Attachments,
            [
                .. Operations
                    .Where(o => o.SessionId > 0)
                    .SelectMany(o => o.NamedAttachments.Select(sha256 => (o.SessionId, o.Target.UserId, sha256)))
                    .Distinct(),
            ],
            s =>
                s.Bind("SessionIds", a => a.SessionId)
                    .Bind("UserIds", a => a.UserId)
                    .Bind("Sha256s", a => a.Sha256.Bytes),
            ledger.Workspace.Load
        );
        await look.ExecuteAsync();
    }

    /// <summary>
    /// A replay answers with the resource as it is now, which only its receipt leads to: with the one that was asked for, and
    /// with as many as an answer may carry where it is a batch or a turn.
    /// </summary>
    public async Task LoadReplayedAsync()
    {
        var answers = groups.Select(g => g.Parcel).Distinct().ToList();
        var missing = groups
            .SelectMany(g =>
                g.Operations.Select(o => ledger.Receipt(g.UserId, o.Key))
                    .OfType<Receipt>()
                    .Select(r => (r.Kind, r.SessionId, r.ItemId, Answer: (long)answers.IndexOf(g.Parcel)))
            )
            .Where(i => ledger.Workspace.Get(i.Kind, i.ItemId) is null)
            .Distinct()
            .ToArray();
        await using var look = new RoundTrip(connection);
        LoadItems<Session>(look, Kind.Session, Sql.Sessions, missing.Select(i => (i.Kind, i.SessionId, i.ItemId)));
        Load<ChatMessage>(Kind.Message, Sql.ReplayedMessages);
        Load<Component>(Kind.Component, Sql.ReplayedComponents);
        Load<Interaction>(Kind.Interaction, Sql.ReplayedInteractions);
        await look.ExecuteAsync();

        void Load<TRow>(Kind kind, string sql)
            where TRow : IItem =>
            look.Each<(Kind Kind, long SessionId, long ItemId, long Answer), TRow>(
                sql,
                [.. missing.Where(i => i.Kind == kind)],
                s =>
                    s.Bind("SessionIds", i => i.SessionId)
                        .Bind("Ids", i => i.ItemId)
                        .Bind("Answers", i => i.Answer)
                        .Bind("BytesAtMost", Parcel.RowsAtMost),
                row => ledger.Workspace.Load(kind, row)
            );
    }

    static IEnumerable<Guid?> Named(Operation operation) =>
        [operation.Key, operation.Target.SessionName, operation.Target.ItemName];

    void DrawIds(RoundTrip look, Kind kind)
    {
        var count = Operations.Count(o => o.Kind == kind && o.Action is (Action.Create or Action.Import));
        if (count > 0)
            look.Each<long>(
                Sql.NextIds(kind),
                id => ledger.Drew(kind, id),
                new NpgsqlParameter<int>("Count", count + cache.Reserve(kind, count))
            );
    }

    void LoadItems<TRow>(
        RoundTrip look,
        Kind kind,
        string sql,
        IEnumerable<(Kind Kind, long SessionId, long ItemId)> items
    )
        where TRow : IItem =>
        look.Each<(Kind Kind, long SessionId, long ItemId), TRow>(
            sql,
            [.. items.Where(i => i.Kind == kind).Distinct()],
            s => s.Bind("SessionIds", i => i.SessionId).Bind("Ids", i => i.ItemId),
            row => ledger.Workspace.Load(kind, row)
        );

    static void Keys(RoundTrip look, string sql, IReadOnlyList<(long UserId, Guid Key)> keys, Action<Receipt> found) =>
        look.Each(sql, keys, s => s.Bind("UserIds", k => k.UserId).Bind("Keys", k => k.Key), found);
}
