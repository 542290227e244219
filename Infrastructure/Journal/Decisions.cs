using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>Takes the groups one after the other: replayed, refused, or accepted with the next revisions.</summary>
sealed class Decisions(Ledger ledger)
{
    /// <summary>What the merges of all have taken in this commit.</summary>
    TimeSpan merging;

    public void Decide(Group group)
    {
        if (Replay(group) || RefuseReusedKey(group) || RefuseToMergeOn(group))
            return;
        ledger.Workspace.BeginGroup();
        var before = ledger.Accepted.Count;
        foreach (var operation in group.Operations)
        {
            var problem = Accept(operation, group);
            if (problem is null)
                continue;
            ledger.Workspace.UndoGroup();
            ledger.Forget(before, group);
            group.Refuse(group.Parcel.Keep(problem));
            return;
        }
        // Only now: later parts may have touched what earlier ones made, and a turn answers with what it leaves.
        foreach (var operation in group.Operations)
            operation.Outcome = new Outcome(
                group.Parcel.Keep(ledger.Workspace.Get(operation.Kind, operation.ItemId)),
                operation.Revision,
                Merged: operation.Merged
            );
        ledger.Groups.Add(group);
    }

    /// <summary>A group whose every key is known for the same operation has happened; it changes nothing.</summary>
    bool Replay(Group group)
    {
        foreach (var operation in group.Operations)
            ledger.Aim(operation);
        // Nearly always nothing of this has been heard of.
        if (!ledger.KnowsAnyKeyOf(group))
            return false;
        var earlier = group.Operations.Select(o => ledger.Receipt(group.UserId, o.Key)).ToArray();
        if (group.TurnKey is { } turnKey)
        {
            // The turn's own key must have carried exactly these parts, or nothing.
            if (ledger.Turn(group.UserId, turnKey) is { } turn && !turn.SequenceEqual(earlier))
                return false;
            if (ledger.Receipt(group.UserId, turnKey) is { } other && other != earlier[0])
                return false;
        }
        for (var i = 0; i < earlier.Length; i++)
            if (earlier[i] is null || !group.Operations[i].Serves(earlier[i]!))
                return false;
        var rows = earlier.Select(r => ledger.Workspace.Get(r!.Kind, r.ItemId)).ToArray();
        if (earlier.Where((receipt, i) => rows[i] is null && !ledger.Locked.ContainsKey(receipt!.SessionId)).Any())
        {
            // The session was erased between the look for its keys and the look at its rows; the next attempt finds neither.
            group.Refuse(Problem.Unavailable);
            return true;
        }
        for (var i = 0; i < earlier.Length; i++)
            group.Operations[i].Outcome = new Outcome(
                group.Parcel.Keep(rows[i]),
                earlier[i]!.Revision,
                Replayed: !group.MayHaveCommitted
            );
        ledger.HasReplays = true;
        return true;
    }

    bool RefuseReusedKey(Group group)
    {
        if (!ledger.KnowsAnyKeyOf(group))
            return false;
        group.Refuse(Problem.KeyReused);
        return true;
    }

    /// <summary>Others wait for the locks that are held meanwhile. Sent again, in parts if it is a batch, it gets on.</summary>
    bool RefuseToMergeOn(Group group)
    {
        if (!group.Merges || (merging < Parcel.MergingAtMost && group.Parcel.Merging < Parcel.MergingAtMost))
            return false;
        group.Refuse(group.Parcel.Groups.Count > 1 ? Problem.TooMuchAtOnce : Problem.Overloaded);
        return true;
    }

    Problem? Decide(Operation operation, Group group)
    {
        var start = TimeProvider.System.GetTimestamp();
        var problem = operation.Decide(ledger.Workspace);
        if (group.Merges)
        {
            var taken = TimeProvider.System.GetElapsedTime(start);
            merging += taken;
            group.Parcel.Merging += taken;
        }
        return problem;
    }

    Problem? Accept(Operation operation, Group group)
    {
        Place(operation);
        if (!operation.MakesSession)
        {
            if (FindSession(operation) is not { } session)
                return Problem.NotFound;
            operation.Revision = session.Revision + 1;
        }
        if (Decide(operation, group) is { } problem)
            return problem;
        Advance(operation);
        ledger.Accept(operation, group);
        return null;
    }

    /// <summary>Gives the operation its ids and its time; a session that is made begins at revision 1.</summary>
    void Place(Operation operation)
    {
        var made = operation.Action is Action.Create or Action.Import ? ledger.Ids(operation.Kind).Dequeue() : 0;
        if (operation.MakesSession)
            operation.SessionId = made;
        if (operation.Kind is Kind.Session)
            operation.ItemId = operation.SessionId;
        else if (made > 0)
            operation.ItemId = made;
        operation.Revision = 1;
        operation.At = ledger.At;
    }

    /// <summary>The caller's session, if nobody else can change it now and the operation may find it where it is.</summary>
    Session? FindSession(Operation operation) =>
        ledger.Holds(operation.SessionId)
        && ledger.Workspace.Get(Kind.Session, operation.SessionId) is Session session
        && session.UserId == operation.Target.UserId
        && (session.DeletedAt is null || operation.Slice.FindsTrashed)
            ? session
            : null;

    /// <summary>Every mutation moves its session's revision and time.</summary>
    void Advance(Operation operation)
    {
        var session = (Session)ledger.Workspace.Get(Kind.Session, operation.SessionId)!;
        ledger.Workspace.Put(Kind.Session, session with { Revision = operation.Revision, UpdatedAt = operation.At });
    }
}
