using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>Takes the groups one after the other: replayed, refused, or accepted with the next revisions.</summary>
sealed class Decisions(Ledger ledger)
{
    public void Decide(Group group)
    {
        if (Replay(group) || RefuseReusedKey(group))
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
            group.Refuse(problem);
            return;
        }
        // Later parts may have touched what earlier ones made; a turn answers with what it leaves.
        foreach (var operation in group.Operations)
            operation.Outcome = operation.Outcome with { Row = ledger.Workspace.Get(operation.Kind, operation.ItemId) };
        ledger.Groups.Add(group);
    }

    /// <summary>A group whose every key is known for the same operation has happened; it changes nothing.</summary>
    bool Replay(Group group)
    {
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
        if (rows.Contains(null))
        {
            // The session was erased between the look for its keys and the look at its rows; the next attempt finds neither.
            group.Refuse(Problem.Unavailable);
            return true;
        }
        for (var i = 0; i < earlier.Length; i++)
            group.Operations[i].Outcome = new Outcome(rows[i], earlier[i]!.Revision, Replayed: !group.MayHaveCommitted);
        ledger.HasReplays = true;
        return true;
    }

    bool RefuseReusedKey(Group group)
    {
        var used = group
            .Operations.Select(o => o.Key)
            .Append(group.TurnKey ?? group.Operations[0].Key)
            .Any(key => ledger.Receipt(group.UserId, key) is not null || ledger.Turn(group.UserId, key) is not null);
        if (used)
            group.Refuse(Problem.KeyReused);
        return used;
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
        var (row, problem) = operation.Decide(ledger.Workspace);
        if (problem is not null)
            return problem;
        var moved = Advance(operation);
        ledger.Accept(operation, group);
        operation.Outcome = new Outcome(operation.Kind is Kind.Session ? moved : row, operation.Revision);
        return null;
    }

    /// <summary>Gives the operation its ids and its time; a session that is made begins at revision 1.</summary>
    void Place(Operation operation)
    {
        var made = operation.Action is Action.Create or Action.Import ? ledger.Ids(operation.Kind).Dequeue() : 0;
        operation.SessionId = operation.MakesSession ? made : operation.Target.SessionId;
        operation.ItemId =
            operation.Kind is Kind.Session ? operation.SessionId
            : made > 0 ? made
            : operation.Target.ItemId;
        operation.Revision = 1;
        operation.At = ledger.At;
    }

    /// <summary>The caller's session, if its lock is held and the operation may find it where it is.</summary>
    Session? FindSession(Operation operation) =>
        ledger.Locked.Contains(operation.SessionId)
        && ledger.Workspace.Get(Kind.Session, operation.SessionId) is Session session
        && session.UserId == operation.Target.UserId
        && (session.DeletedAt is null || operation.Slice.FindsTrashed)
            ? session
            : null;

    /// <summary>Every mutation moves its session's revision and time.</summary>
    Session Advance(Operation operation)
    {
        var session = (Session)ledger.Workspace.Get(Kind.Session, operation.SessionId)!;
        session = session with { Revision = operation.Revision, UpdatedAt = operation.At };
        ledger.Workspace.Put(Kind.Session, session);
        return session;
    }
}
