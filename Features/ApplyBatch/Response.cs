using System.Text.Json.Serialization;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Rows;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Features.ApplyBatch;

/// <summary>What came of each operation, in their order.</summary>
public sealed record Response
{
    public required IReadOnlyList<Result> Results { get; init; }
}

/// <summary>What became of an operation.</summary>
public enum Verdict
{
    /// <summary>It was done.</summary>
    Applied,

    /// <summary>It had been done before; nothing changed.</summary>
    Replayed,

    /// <summary>It was done, merged with what had come since its base version.</summary>
    Merged,

    /// <summary>The component has moved on; the problem carries base, mine and theirs.</summary>
    Conflict,

    /// <summary>It was not done, and sent like this never will be; the problem says why.</summary>
    Rejected,
}

/// <summary>One operation's verdict.</summary>
public sealed record Result
{
    /// <summary>The operation's key; null when none can be read from it.</summary>
    public required Guid? Key { get; init; }
    public required Verdict Verdict { get; init; }

    /// <summary>The mutation that did it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Revision { get; init; }

    /// <summary>
    /// What it was done to, as it is now. Absent after a delete, and beyond 16 MiB of resources in one answer: what is
    /// missing then is among the session's changes.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [OneOf(typeof(Session), typeof(ChatMessage), typeof(Component), typeof(Interaction))]
    public object? Resource { get; init; }

    /// <summary>Why it was not done.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [OneOf(typeof(Problem), typeof(VersionConflict))]
    public object? Problem { get; init; }

    internal static Result Of(Entry entry, HttpContext context)
    {
        var outcome = entry.Operation?.Outcome ?? new Outcome(Problem: entry.Problem);
        return new Result
        {
            Key = entry.Key,
            Verdict = outcome switch
            {
                { Problem: VersionConflict } => Verdict.Conflict,
                { Problem: not null } => Verdict.Rejected,
                { Replayed: true } => Verdict.Replayed,
                { Merged: true } => Verdict.Merged,
                _ => Verdict.Applied,
            },
            Revision = outcome.Problem is null ? outcome.Revision : null,
            Resource = entry.Operation?.Action is Action.Delete ? null : outcome.Row,
            Problem = outcome.Problem?.Traced(context),
        };
    }
}
