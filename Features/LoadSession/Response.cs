using AiEditor.Persistence.Infrastructure.Rows;

namespace AiEditor.Persistence.Features.LoadSession;

/// <summary>A session with its newest messages and interactions, oldest first, and all its components.</summary>
public sealed record Response
{
    public required Session Session { get; init; }
    public required IReadOnlyList<ChatMessage> Messages { get; init; }
    public required IReadOnlyList<Component> Components { get; init; }
    public required IReadOnlyList<Interaction> Interactions { get; init; }

    /// <summary>Leads to older messages through ListMessages; null when all are here.</summary>
    public required string? OlderMessagesCursor { get; init; }

    /// <summary>Leads to older interactions through ListInteractions; null when all are here.</summary>
    public required string? OlderInteractionsCursor { get; init; }
}
