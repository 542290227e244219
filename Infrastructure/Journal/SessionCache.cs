using AiEditor.Persistence.Infrastructure.Postgres;
using AiEditor.Persistence.Infrastructure.Rows;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>
/// What one writer remembers of the sessions it wrote to last, so that what is only added to them need not look first. It
/// may be wrong, for others write too: such a commit holds only if the database finds the sessions as they are remembered,
/// and otherwise nothing has happened and everything is looked at. Nothing is ever answered from memory alone.
/// </summary>
sealed class SessionCache
{
    const int Capacity = 4096;

    /// <summary>UTF-16 units of a description; who writes more is looked at each time.</summary>
    const int DescriptionAtMost = 1024;

    /// <summary>Ids of a kind that are drawn in advance.</summary>
    const int DrawnAtLeast = 32;
    const int DrawnAtMost = 2048;
    const int KeptAtMost = 2 * DrawnAtMost;

    /// <param name="Session">As the last commit left it.</param>
    /// <param name="KnowsCurrent">Whether it is known which component, if any, is the current one.</param>
    /// <param name="After">Of each kind an id that no row had when it was drawn, under the session's lock. Later ones will do.</param>
    /// <param name="IsShared">Whether somebody else wrote there since; they may well do so again.</param>
    sealed record Entry(
        Session Session,
        bool KnowsCurrent,
        long? Current,
        IReadOnlyDictionary<Kind, long> After,
        bool IsShared
    );

    static readonly Dictionary<Kind, long> AfterNothing = new()
    {
        [Kind.Message] = 0,
        [Kind.Component] = 0,
        [Kind.Interaction] = 0,
    };

    static readonly Dictionary<Kind, long> AfterWhoKnows = [];

    readonly Dictionary<long, Entry> entries = [];

    /// <summary>Drawn and not used yet, in their order.</summary>
    readonly Dictionary<Kind, Queue<long>> stock = AfterNothing.Keys.ToDictionary(kind => kind, _ => new Queue<long>());

    /// <summary>Connections that had been made when something was last remembered.</summary>
    int connections;

    public DatabaseClock Clock { get; } = new();

    /// <summary>A ledger that says what a look would, if nothing is asked for but to add to sessions that are remembered.</summary>
    public Ledger? Recall(IReadOnlyList<Group> groups)
    {
        ForgetAnotherDatabase();
        var ledger = new Ledger { IsAssumed = true, At = Clock.Now };
        foreach (var group in groups)
        foreach (var operation in group.Operations)
        {
            if (
                !Adds(operation, group)
                || entries.GetValueOrDefault(operation.SessionId) is not { IsShared: false } entry
                || entry.Session.UserId != operation.Target.UserId
                || !entry.After.TryGetValue(operation.Kind, out var after)
                || (operation.Kind is Kind.Component && !entry.KnowsCurrent)
            )
                return null;
            ledger.Assume(entry.Session, entry.Current);
            // In stock for longer than the session has been remembered, perhaps: others may have drawn and used later ones.
            while (stock[operation.Kind].TryPeek(out var id) && id < after)
                stock[operation.Kind].Dequeue();
        }
        foreach (var group in groups)
        foreach (var operation in group.Operations)
            if (stock[operation.Kind].TryDequeue(out var id))
                ledger.Ids(operation.Kind).Enqueue(id);
            else
                return null;
        return ledger;
    }

    /// <summary>How many ids to draw beyond those that are needed now; none while there are enough.</summary>
    public int Reserve(Kind kind, int needed) =>
        stock.TryGetValue(kind, out var left) && left.Count < DrawnAtLeast + needed
            ? Math.Clamp(2 * needed, DrawnAtLeast, DrawnAtMost)
            : 0;

    /// <summary>Remembers how a commit left what it touched.</summary>
    public void Learn(Ledger ledger)
    {
        foreach (var (kind, ids) in stock)
        {
            // A sequence that has gone back is that of a database which was restored.
            if (ledger.FirstIds.TryGetValue(kind, out var first) && ids.TryPeek(out var oldest) && first < oldest)
            {
                ids.Clear();
                entries.Clear();
            }
            // What replays did not need comes on top of what was reserved.
            while (ledger.Ids(kind).TryDequeue(out var left))
                if (ids.Count < KeptAtMost)
                    ids.Enqueue(left);
        }
        if (entries.Count > Capacity)
            entries.Clear();
        foreach (var operations in ledger.Accepted.GroupBy(o => o.SessionId))
            Learn(ledger, operations.Key, operations);
    }

    void Learn(Ledger ledger, long sessionId, IEnumerable<Operation> operations)
    {
        var session = (Session)ledger.Workspace.Get(Kind.Session, sessionId)!;
        if (session.DeletedAt is not null || session.Description?.Length > DescriptionAtMost)
        {
            entries.Remove(sessionId);
            return;
        }
        var isNew = !ledger.Locked.TryGetValue(sessionId, out var before);
        // What was known goes on being true, unless somebody else has written in between.
        var known = entries.GetValueOrDefault(sessionId);
        var isShared =
            known is not null
            && (known.Session.Revision, known.Session.UpdatedAt) != (before?.Revision, before?.UpdatedAt);
        if (isShared)
            known = null;
        var looked = isNew || operations.Any(o => o.Kind is Kind.Component);
        var after = isNew ? AfterNothing : known?.After ?? AfterWhoKnows;
        if (ledger.FirstIds.Count > 0)
            after = new Dictionary<Kind, long>([
                .. after.Where(a => !ledger.FirstIds.ContainsKey(a.Key)),
                .. ledger.FirstIds,
            ]);
        entries[sessionId] = new Entry(
            session,
            looked || known is { KnowsCurrent: true },
            looked ? ledger.Workspace.Current(sessionId) : known?.Current,
            after,
            isShared
        );
    }

    /// <summary>
    /// Behind a new connection may be another server, or a database that was restored, whose sequences never gave out what is
    /// in stock here.
    /// </summary>
    void ForgetAnotherDatabase()
    {
        if (connections == Database.WritingConnectionsMade)
            return;
        connections = Database.WritingConnectionsMade;
        entries.Clear();
        foreach (var ids in stock.Values)
            ids.Clear();
    }

    /// <summary>Forgets what could not be written to.</summary>
    public void Forget(IReadOnlyList<Group> groups)
    {
        foreach (var operation in groups.SelectMany(g => g.Operations))
            entries.Remove(operation.SessionId);
    }

    /// <summary>
    /// Makes a new row in a session and names nothing that would have to be looked up; nor may it have happened already, which
    /// only a look can tell.
    /// </summary>
    static bool Adds(Operation operation, Group group) =>
        group is { TurnKey: null, MayHaveCommitted: false }
        && operation is { Action: Action.Create, MakesSession: false, NamedAttachments.Count: 0 }
        && operation.Target.SessionName is null;
}
