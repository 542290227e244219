using AiEditor.Persistence.Infrastructure.Archives;
using AiEditor.Persistence.Infrastructure.Rows;

namespace AiEditor.Persistence.Features.ImportSession;

/// <summary>What was made of a file.</summary>
public sealed record Response
{
    /// <summary>The session, or the first of them.</summary>
    public required Session Session { get; init; }

    /// <summary>All of them: another tool's export may hold many conversations.</summary>
    public required IReadOnlyList<Session> Sessions { get; init; }
    public required ImportCounts Counts { get; init; }
}

/// <summary>How many were made of each, in all sessions, and what was left out.</summary>
public sealed record ImportCounts
{
    public required long Sessions { get; init; }
    public required long Attachments { get; init; }
    public required long Messages { get; init; }
    public required long Components { get; init; }
    public required long ComponentVersions { get; init; }
    public required long Interactions { get; init; }
    public required IReadOnlyList<Skipped> Skipped { get; init; }

    internal static ImportCounts Of(long sessions, Counts counts, IReadOnlyDictionary<string, long> skipped) =>
        new()
        {
            Sessions = sessions,
            Attachments = counts.Attachments,
            Messages = counts.Messages,
            Components = counts.Components,
            ComponentVersions = counts.ComponentVersions,
            Interactions = counts.Interactions,
            Skipped = [.. skipped.Select(s => new Skipped(s.Key, s.Value))],
        };
}

/// <summary>What has no place here.</summary>
public sealed record Skipped(string Reason, long Count);
