using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;
using FluentValidation;
using FluentValidation.Results;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>A writing slice as the journal and those who carry several operations at once see it.</summary>
public interface IWrite
{
    Kind Kind { get; }
    Action Action { get; }

    /// <summary>The operation's name in a batch: the slice's own, as the wire spells it.</summary>
    string Type => Wire.Name(GetType().Namespace!.Split('.')[^1]);

    /// <summary>Whether it also finds a session in the trash.</summary>
    bool FindsTrashed => false;

    /// <summary>Whether a batch may hold it: a batch works on what is alive.</summary>
    bool IsBatched => !FindsTrashed;
    bool AimsAtSession => !MakesSession;
    bool AimsAtItem => Kind is not Kind.Session && Action is not (Action.Create or Action.Import);
    bool MakesSession => Kind is Kind.Session && Action is Action.Create;

    /// <summary>Whether it can be told which version the change was made for, and to merge it with what came since.</summary>
    bool MayConflict => false;

    /// <summary>The only value of <c>on_conflict</c>.</summary>
    const string Merge = "merge";

    /// <summary>Reads and checks a body, touching no database.</summary>
    (Operation? Operation, Problem? Problem) Prepare(StrictBody body, Target target, IServiceProvider services);
}

/// <summary>
/// What a writing slice is made of. It decides in memory, one operation after the other; then it puts down the final
/// state of the rows its operations touched, as one set.
/// </summary>
public interface IWrite<TBody, TRow> : IWrite
    where TBody : class
    where TRow : class, IItem
{
    /// <summary>The row as it is after the operation, or why there is none. Pure: rows come from the workspace alone.</summary>
    Verdict<TRow> Decide(Operation<TBody, TRow> operation, Workspace workspace);

    /// <summary>Writes a set of rows in their final state.</summary>
    void Write(Statements statements, IReadOnlyList<TRow> rows);

    (Operation? Operation, Problem? Problem) IWrite.Prepare(StrictBody body, Target target, IServiceProvider services)
    {
        var (request, problem) = body.As<TBody>();
        if (problem is not null)
            return (null, problem);
        var validator = (IValidator<TBody>?)services.GetService(typeof(IValidator<TBody>));
        var result = validator?.Validate(request!) ?? new ValidationResult();
        if (result.IsValid && body.Unstorable.Count == 0)
            return (new Operation<TBody, TRow>(this, request!, body, target), null);
        var errors = new Dictionary<string, string[]>(body.Unstorable);
        foreach (var (field, texts) in result.ToDictionary())
            errors[field] = errors.TryGetValue(field, out var before) ? [.. before, .. texts] : texts;
        return (null, Problem.Invalid(errors));
    }
}

/// <summary>The body of operations that have none.</summary>
public sealed record Nothing;

/// <summary>A decision: the row as it will be, merged with what came since or not, or the problem.</summary>
public readonly record struct Verdict<TRow>(TRow? Row, Problem? Problem, bool Merged = false)
    where TRow : class
{
    public static implicit operator Verdict<TRow>(TRow row) => new(row, null);

    public static implicit operator Verdict<TRow>(Problem problem) => new(null, problem);
}
