using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Postgres;
using AiEditor.Persistence.Infrastructure.Rows;
using Npgsql;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>
/// One commit for all that was waiting: lock and look in one round trip, decide in memory, write and commit in a second.
/// Only replays, whose rows are known late, cost a third.
/// </summary>
sealed class Drain(NpgsqlConnection connection, IReadOnlyList<Group> groups)
{
    readonly Workspace workspace = new();
    readonly Dictionary<long, Session> locked = [];
    readonly Dictionary<(long UserId, Guid Key), Receipt> receipts = [];
    readonly Dictionary<(long UserId, Guid Key), List<Receipt>> turns = [];
    readonly List<Receipt> written = [];
    readonly List<Operation> accepted = [];
    bool replayed;
    DateTime at;

    IEnumerable<Operation> Operations => groups.SelectMany(g => g.Operations);

    /// <summary>Returns once everything is durable. What it throws leaves nothing behind, unless <see cref="Committing"/>.</summary>
    public async Task RunAsync()
    {
        await LookAsync();
        await LoadReplayedAsync();
        foreach (var group in groups)
            Decide(group);
        await CommitAsync();
    }

    /// <summary>Whether the commit was sent: from then on a failure says nothing about what happened.</summary>
    public bool Committing { get; private set; }

    async Task LookAsync()
    {
        await using var look = new Look(connection);
        look.Run(Postgres.Sql.Begin);
        look.Run(Sql.Bounds);
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
                locked[session.Id] = session;
                workspace.Load(Kind.Session, session);
            }
        );
        var keys = groups
            .SelectMany(g =>
                g.Operations.Select(o => (g.UserId, o.Key)).Append((g.UserId, g.TurnKey ?? g.Operations[0].Key))
            )
            .Distinct()
            .ToArray();
        Keys(look, Sql.FindKeys, keys, r => receipts[(r.UserId, r.Key)] = r);
        Keys(look, Sql.FindTurnKeys, keys, AddToTurn);
        look.Each<DateTime>(Sql.Clock, now => at = now);
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
            current => workspace.LoadCurrent(current.SessionId, current.Id)
        );
        var versions = Operations
            .Where(o => o.Kind is Kind.Component && o.Target.ItemId > 0)
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
            workspace.Load
        );
        await look.ExecuteAsync();
    }

    /// <summary>A replay answers with the resource as it is now, which only its receipt leads to.</summary>
    async Task LoadReplayedAsync()
    {
        var missing = receipts
            .Values.Concat(turns.Values.SelectMany(t => t))
            .Where(r => workspace.Get(r.Kind, r.ItemId) is null)
            .Select(r => (r.Kind, r.SessionId, r.ItemId))
            .Distinct()
            .ToArray();
        if (missing.Length == 0)
            return;
        await using var look = new Look(connection);
        LoadItems(look, missing);
        await look.ExecuteAsync();
    }

    void Decide(Group group)
    {
        if (Replay(group) || RefuseReusedKey(group))
            return;
        workspace.BeginGroup();
        var before = accepted.Count;
        foreach (var operation in group.Operations)
        {
            var problem = Accept(operation, group);
            if (problem is null)
                continue;
            workspace.UndoGroup();
            for (var i = accepted.Count - 1; i >= before; i--)
            {
                Forget(accepted[i], group);
                accepted.RemoveAt(i);
            }
            group.Refuse(problem);
            return;
        }
    }

    /// <summary>A group whose every key is known for the same operation has happened; it changes nothing.</summary>
    bool Replay(Group group)
    {
        var earlier = group.Operations.Select(o => receipts.GetValueOrDefault((group.UserId, o.Key))).ToArray();
        if (
            group.TurnKey is { } turnKey
            && turns.TryGetValue((group.UserId, turnKey), out var turn)
            && !turn.SequenceEqual(earlier)
        )
            return false;
        if (
            group.TurnKey is { } alone
            && receipts.TryGetValue((group.UserId, alone), out var other)
            && other != earlier[0]
        )
            return false;
        for (var i = 0; i < earlier.Length; i++)
            if (earlier[i] is null || !group.Operations[i].Serves(earlier[i]!))
                return false;
        var rows = earlier.Select(r => workspace.Get(r!.Kind, r.ItemId)).ToArray();
        if (rows.Contains(null))
        {
            // The session was erased between the look for its keys and the look at its rows; the next attempt finds neither.
            group.Refuse(Problem.Unavailable);
            return true;
        }
        for (var i = 0; i < earlier.Length; i++)
            group.Operations[i].Outcome = new Outcome(rows[i], earlier[i]!.Revision, Replayed: true);
        replayed = true;
        return true;
    }

    bool RefuseReusedKey(Group group)
    {
        var used = group
            .Operations.Select(o => o.Key)
            .Append(group.TurnKey ?? group.Operations[0].Key)
            .Any(key => receipts.ContainsKey((group.UserId, key)) || turns.ContainsKey((group.UserId, key)));
        if (used)
            group.Refuse(Problem.KeyReused);
        return used;
    }

    Problem? Accept(Operation operation, Group group)
    {
        operation.At = at;
        operation.ItemId = operation.Action is Action.Create or Action.Import
            ? ids[operation.Kind].Dequeue()
            : operation.Target.ItemId;
        operation.SessionId = operation.MakesSession ? operation.ItemId : operation.Target.SessionId;
        if (operation.Kind is Kind.Session)
            operation.ItemId = operation.SessionId;
        if (!operation.MakesSession)
        {
            if (
                !locked.TryGetValue(operation.SessionId, out _)
                || workspace.Get(Kind.Session, operation.SessionId) is not Session session
            )
                return Problem.NotFound;
            if (
                session.UserId != operation.Target.UserId
                || (session.DeletedAt is not null && !operation.Slice.FindsTrashed)
            )
                return Problem.NotFound;
            operation.Revision = session.Revision + 1;
        }
        else
            operation.Revision = 1;

        var (row, problem) = operation.Decide(workspace);
        if (problem is not null)
            return problem;
        Advance(operation);
        accepted.Add(operation);
        Remember(operation, group);
        operation.Outcome = new Outcome(
            operation.Kind is Kind.Session ? workspace.Get(Kind.Session, operation.SessionId) : row,
            operation.Revision
        );
        return null;
    }

    /// <summary>Every mutation moves its session's revision and time.</summary>
    void Advance(Operation operation) =>
        workspace.Put(
            Kind.Session,
            (Session)workspace.Get(Kind.Session, operation.SessionId)! with
            {
                Revision = operation.Revision,
                UpdatedAt = at,
            }
        );

    void Remember(Operation operation, Group group)
    {
        var receipt = new Receipt
        {
            Key = operation.Key,
            TurnKey = group.TurnKey,
            SessionId = operation.SessionId,
            Revision = operation.Revision,
            UserId = group.UserId,
            Kind = operation.Kind,
            Action = operation.Action,
            ItemId = operation.ItemId,
            Sha256 = operation.Sha256,
            CreatedAt = at,
        };
        written.Add(receipt);
        receipts[(group.UserId, operation.Key)] = receipt;
        AddToTurn(receipt);
    }

    void Forget(Operation operation, Group group)
    {
        receipts.Remove((group.UserId, operation.Key));
        if (group.TurnKey is { } turnKey)
            turns.Remove((group.UserId, turnKey));
        written.RemoveAll(r => r.Key == operation.Key && r.UserId == group.UserId);
    }

    async Task CommitAsync()
    {
        await using var batch = new NpgsqlBatch(connection);
        var statements = new Statements(batch);
        statements
            .Add(Sql.Retire, [.. workspace.Retired])
            .Bind("SessionIds", r => r.SessionId)
            .Bind("Ids", r => r.ComponentId)
            .Bind("Revisions", r => r.Revision)
            .Bind("Ats", r => r.At);
        foreach (
            var ofSlice in accepted
                .GroupBy(o => (o.Action, o.Kind, Slice: o.Slice.GetType()))
                .OrderBy(g => g.Key.Action)
                .ThenBy(g => g.Key.Kind)
        )
            ofSlice.First().WriteAll(ofSlice, workspace, statements);
        statements
            .Add(Sql.KeepSuperseded, workspace.Superseded)
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
            .Add(Sql.Record, written)
            .Bind("SessionIds", r => r.SessionId)
            .Bind("Revisions", r => r.Revision)
            .Bind("UserIds", r => r.UserId)
            .Bind("Keys", r => r.Key)
            .Bind("TurnKeys", r => r.TurnKey)
            .Bind("Kinds", r => Wire.Name(r.Kind.ToString()))
            .Bind("Actions", r => Wire.Name(r.Action.ToString()))
            .Bind("ItemIds", r => r.ItemId)
            .Bind("Sha256s", r => r.Sha256.Bytes)
            .Bind("CreatedAts", r => r.CreatedAt);
        var advanced = accepted
            .Select(o => o.SessionId)
            .Distinct()
            .Where(locked.ContainsKey)
            .Select(id => (Session)workspace.Get(Kind.Session, id)!)
            .ToArray();
        statements
            .Add(Sql.Advance, advanced)
            .Bind("SessionIds", s => s.Id)
            .Bind("Revisions", s => s.Revision)
            .Bind("Ats", s => s.UpdatedAt);
        if (replayed)
            statements.Add(Sql.AwaitDurability);
        statements.Add(Postgres.Sql.Commit);
        Committing = written.Count > 0 || replayed;
        await Durable.ExecuteAsync(batch);
    }

    readonly Dictionary<Kind, Queue<long>> ids = [];

    void DrawIds(Look look, Kind kind, string sql)
    {
        var count = Operations.Count(o => o.Kind == kind && o.Action is (Action.Create or Action.Import));
        var queue = ids[kind] = new Queue<long>(count);
        if (count > 0)
            look.Each<long>(sql, queue.Enqueue, new NpgsqlParameter<int>("Count", count));
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
                row => workspace.Load(kind, row)
            );
    }

    static void Keys(Look look, string sql, IReadOnlyList<(long UserId, Guid Key)> keys, Action<Receipt> found) =>
        look.Each(sql, keys, s => s.Bind("UserIds", k => k.UserId).Bind("Keys", k => k.Key), found);

    void AddToTurn(Receipt receipt)
    {
        if (receipt.TurnKey is not { } turnKey)
            return;
        if (!turns.TryGetValue((receipt.UserId, turnKey), out var turn))
            turns[(receipt.UserId, turnKey)] = turn = [];
        turn.Add(receipt);
    }
}
