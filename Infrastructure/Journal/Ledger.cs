using AiEditor.Persistence.Infrastructure.Rows;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>What one commit knows: the rows, who holds which key, what it has accepted so far.</summary>
sealed class Ledger
{
    readonly Dictionary<(long UserId, Guid Key), Receipt> receipts = [];
    readonly Dictionary<(long UserId, Guid Key), List<Receipt>> turns = [];
    readonly Dictionary<Kind, Queue<long>> ids = [];
    readonly HashSet<long> made = [];
    readonly List<Operation> accepted = [];
    readonly List<Receipt> written = [];

    public Workspace Workspace { get; } = new();

    /// <summary>The sessions whose locks are held, as they were when they were taken; or will have been, if assumed.</summary>
    public Dictionary<long, Session> Locked { get; } = [];

    /// <summary>
    /// Whether all of this is remembered and none of it looked at. Then the commit must fail if anything is otherwise, and no
    /// refusal may be given on the strength of it.
    /// </summary>
    public bool IsAssumed { get; init; }

    /// <summary>Whether nobody else can change the session: it is locked, or made here and seen by nobody yet.</summary>
    public bool Holds(long sessionId) => Locked.ContainsKey(sessionId) || made.Contains(sessionId);

    /// <summary>A session whose lock is held, as it is.</summary>
    public void Found(Session session)
    {
        Locked.Add(session.Id, session);
        Workspace.Load(Kind.Session, session);
    }

    /// <summary>A session as it is remembered. Its time does not go back, whatever the clock says.</summary>
    public void Assume(Session session, long? current)
    {
        if (Locked.ContainsKey(session.Id))
            return;
        Found(session);
        if (current is { } componentId)
            Workspace.LoadCurrent(session.Id, componentId);
        if (session.UpdatedAt > At)
            At = session.UpdatedAt;
    }

    /// <summary>The database's clock, once the locks were held.</summary>
    public DateTime At { get; set; }

    /// <summary>Of each kind whose ids were drawn under the locks, the first.</summary>
    public Dictionary<Kind, long> FirstIds { get; } = [];

    public void Drew(Kind kind, long id)
    {
        FirstIds.TryAdd(kind, id);
        Ids(kind).Enqueue(id);
    }

    /// <summary>Whether an answer will vouch for an earlier commit.</summary>
    public bool HasReplays { get; set; }

    /// <summary>The groups that are accepted whole.</summary>
    public List<Group> Groups { get; } = [];

    public IReadOnlyList<Operation> Accepted => accepted;
    public IReadOnlyList<Receipt> Written => written;

    /// <summary>The sessions that have moved, as they are once everything is decided; not those that are new.</summary>
    public IReadOnlyList<Session> Advanced =>
        field ??= [
            .. accepted
                .Select(o => o.SessionId)
                .Distinct()
                .Where(Locked.ContainsKey)
                .Select(id => (Session)Workspace.Get(Kind.Session, id)!),
        ];

    /// <summary>
    /// Sets where operations aim that name it by the key that made it. True when any of them aims elsewhere than it did
    /// during the look.
    /// </summary>
    public bool Learn(IReadOnlyList<Group> groups)
    {
        var hasLearnt = false;
        foreach (var operation in groups.SelectMany(g => g.Operations))
            hasLearnt |= Aim(operation);
        return hasLearnt;
    }

    /// <summary>The same for one operation, which may name what an earlier one in this commit has made.</summary>
    public bool Aim(Operation operation)
    {
        var before = (operation.SessionId, operation.ItemId);
        var target = operation.Target;
        operation.SessionId = target.SessionName is { } session
            ? Made(target.UserId, session, Kind.Session)?.SessionId ?? 0
            : target.SessionId;
        operation.ItemId = target.ItemName is { } item
            ? Made(target.UserId, item, operation.Kind)?.ItemId ?? 0
            : target.ItemId;
        return (operation.SessionId, operation.ItemId) != before;
    }

    Receipt? Made(long userId, Guid key, Kind kind) =>
        Receipt(userId, key) is { Action: Action.Create } receipt && receipt.Kind == kind ? receipt : null;

    /// <summary>Fresh ids of a kind, greater than any in the sessions that are held.</summary>
    public Queue<long> Ids(Kind kind)
    {
        if (!ids.TryGetValue(kind, out var queue))
            ids[kind] = queue = new Queue<long>();
        return queue;
    }

    /// <summary>What was done under a key.</summary>
    public Receipt? Receipt(long userId, Guid key) => receipts.GetValueOrDefault((userId, key));

    /// <summary>What was done by the turn that bore a key, in order; null when none did.</summary>
    public IReadOnlyList<Receipt>? Turn(long userId, Guid key) => turns.GetValueOrDefault((userId, key));

    /// <summary>Whether any of the group's keys was used before, by whatever.</summary>
    public bool KnowsAnyKeyOf(Group group)
    {
        if (receipts.Count == 0 && turns.Count == 0)
            return false;
        foreach (var operation in group.Operations)
            if (Knows(operation.Key))
                return true;
        return group.TurnKey is { } turnKey && Knows(turnKey);

        bool Knows(Guid key) => receipts.ContainsKey((group.UserId, key)) || turns.ContainsKey((group.UserId, key));
    }

    public void AddReceipt(Receipt receipt) => receipts[(receipt.UserId, receipt.Key)] = receipt;

    public void AddToTurn(Receipt receipt)
    {
        if (receipt.TurnKey is not { } turnKey)
            return;
        if (!turns.TryGetValue((receipt.UserId, turnKey), out var turn))
            turns[(receipt.UserId, turnKey)] = turn = [];
        turn.Add(receipt);
    }

    public void Accept(Operation operation, Group group)
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
            CreatedAt = At,
        };
        if (operation.MakesSession)
            made.Add(operation.SessionId);
        accepted.Add(operation);
        written.Add(receipt);
        AddReceipt(receipt);
        AddToTurn(receipt);
    }

    /// <summary>Takes back what was accepted after the first <paramref name="count"/>.</summary>
    public void Forget(int count, Group group)
    {
        foreach (var operation in accepted.Skip(count))
            receipts.Remove((group.UserId, operation.Key));
        if (group.TurnKey is { } turnKey)
            turns.Remove((group.UserId, turnKey));
        accepted.RemoveRange(count, accepted.Count - count);
        written.RemoveRange(count, written.Count - count);
    }
}
