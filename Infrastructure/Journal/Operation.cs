using System.Collections.Immutable;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>Whose operation it is, under which key, and what it aims at.</summary>
/// <param name="SessionId">0 when the operation makes the session.</param>
/// <param name="ItemId">0 when the operation makes the item.</param>
/// <param name="BaseVersions">The versions it may start from; null: any.</param>
/// <param name="Version">The version it refers to, where there is one.</param>
/// <param name="Merges">Whether a change made for an earlier version is to be merged with what came since.</param>
/// <param name="SessionName">The key under which the session was made, where its id is not given.</param>
/// <param name="ItemName">The key under which the item was made, where its id is not given.</param>
public sealed record Target(
    long UserId,
    Guid Key,
    long SessionId = 0,
    long ItemId = 0,
    IReadOnlyList<long>? BaseVersions = null,
    long? Version = null,
    bool Merges = false,
    Guid? SessionName = null,
    Guid? ItemName = null
);

/// <summary>One mutation on its way through the journal. What is settable is set anew by each attempt to commit it.</summary>
public abstract class Operation(IWrite slice, StrictBody body, Target target)
{
    public IWrite Slice { get; } = slice;
    public Sha256 Sha256 { get; } = new(body.Hash);

    /// <summary>What it weighs while it waits: the JSON it came in, and about what handling it takes besides.</summary>
    public int Bytes { get; } = body.Bytes + 1024;
    public Target Target { get; } = target;

    /// <summary>The files that its body names.</summary>
    public virtual IReadOnlyList<Sha256> NamedAttachments => [];

    public Guid Key => Target.Key;
    public Kind Kind => Slice.Kind;
    public Action Action => Slice.Action;
    public bool MakesSession => Slice.MakesSession;

    /// <summary>0 as long as it is not known what the target's name stands for.</summary>
    public long SessionId { get; set; }
    public long ItemId { get; set; }

    /// <summary>The revision it takes if it is accepted.</summary>
    public long Revision { get; set; }

    /// <summary>The database's clock, once the session's lock was held.</summary>
    public DateTime At { get; set; }

    /// <summary>Whether it was merged with what came since the version that it was made for.</summary>
    public bool Merged { get; protected set; }

    /// <summary>What came of it; to be believed once the group is done.</summary>
    public Outcome Outcome { get; set; }

    /// <summary>Asks the slice; an accepted row goes into the workspace, a refusal comes back.</summary>
    internal abstract Problem? Decide(Workspace workspace);

    /// <summary>Lets the slice write the rows of all its accepted operations.</summary>
    internal abstract void WriteAll(IEnumerable<Operation> accepted, Workspace workspace, Statements statements);

    internal abstract bool Serves(Receipt receipt);
}

public sealed class Operation<TBody, TRow>(IWrite<TBody, TRow> slice, TBody request, StrictBody body, Target target)
    : Operation(slice, body, target)
    where TBody : class
    where TRow : class, IItem
{
    public TBody Body { get; } = request;

    public override IReadOnlyList<Sha256> NamedAttachments { get; } =
        request is INameAttachments { NamesAny: true } names ? [.. names.NamedAttachments().Distinct()] : [];

    internal override Problem? Decide(Workspace workspace)
    {
        (var row, var problem, Merged) = slice.Decide(this, workspace);
        if (row is not null)
            workspace.Put(Kind, row);
        return problem;
    }

    internal override void WriteAll(IEnumerable<Operation> accepted, Workspace workspace, Statements statements) =>
        slice.Write(
            statements,
            [.. accepted.Select(o => o.ItemId).Distinct().Select(id => (TRow)workspace.Get(Kind, id)!)]
        );

    /// <summary>Whether the receipt is of this same operation: same action on the same target with the same content.</summary>
    internal override bool Serves(Receipt receipt) =>
        receipt.Kind == Kind
        && receipt.Action == Action
        && (MakesSession || receipt.SessionId == SessionId)
        && (Action is Action.Create || Kind is Kind.Session || receipt.ItemId == ItemId)
        && receipt.Sha256 == Sha256;
}

/// <summary>Operations that succeed or fail together: one, or the parts of a turn.</summary>
public sealed class Group(ImmutableArray<Operation> operations, Guid? turnKey = null)
{
    readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ImmutableArray<Operation> Operations { get; } = operations;

    /// <summary>Whether it may take a merge, which is the one thing in here that takes its time.</summary>
    internal bool Merges { get; } = operations.Any(static o => o.Target.Merges);

    /// <summary>Whether an earlier attempt got as far as COMMIT: if its keys are found then, they are this request's own.</summary>
    internal bool MayHaveCommitted { get; set; }

    /// <summary>The key of the request that carried the parts of a turn.</summary>
    public Guid? TurnKey { get; } = turnKey;
    public long UserId => Operations[0].Target.UserId;
    public int Bytes { get; } = operations.Sum(o => o.Bytes);

    /// <summary>What it came in.</summary>
    internal Parcel Parcel { get; set; } = null!;

    /// <summary>Ends when every outcome is durable, refused, or unknown beyond patience.</summary>
    public Task Done => done.Task;

    internal void Settle() => done.TrySetResult();

    internal void Refuse(Problem problem)
    {
        // What came after it in the same request must not overtake it.
        Parcel.IsCutShort |= problem.Status is >= 500 or 413;
        foreach (var operation in Operations)
            operation.Outcome = new Outcome(Problem: problem);
    }
}

/// <summary>What came of an operation: a row at a revision, perhaps from an earlier time, or a problem.</summary>
public readonly record struct Outcome(
    IItem? Row = null,
    long Revision = 0,
    bool Replayed = false,
    Problem? Problem = null,
    bool Merged = false
);
