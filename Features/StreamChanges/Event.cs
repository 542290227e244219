using AiEditor.Persistence.Infrastructure.Rows;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Features.StreamChanges;

/// <summary>A mutation that happened. What it did is among the session's changes.</summary>
public sealed record Event
{
    public required long Revision { get; init; }

    /// <summary>The key of the mutation.</summary>
    public required Guid Key { get; init; }
    public required Kind Kind { get; init; }
    public required Action Action { get; init; }
    public required long ItemId { get; init; }

    /// <summary>The key that made the item; null when the item has been purged since.</summary>
    public required Guid? ClientId { get; init; }
    public required long SessionId { get; init; }
}
