using System.Text.Json.Serialization;

namespace AiEditor.Persistence.Infrastructure.Rows;

/// <summary>A line of the journal: proof that a mutation happened, and when in its session.</summary>
public sealed record Receipt
{
    public required Guid Key { get; init; }
    public required long SessionId { get; init; }
    public required long Revision { get; init; }
    public required Kind Kind { get; init; }
    public required Action Action { get; init; }
    public required long ItemId { get; init; }

    /// <summary>SHA-256 of the request's canonical JSON (RFC 8785, numbers exact), lowercase hex.</summary>
    public required Sha256 Sha256 { get; init; }
    public required DateTime CreatedAt { get; init; }

    [JsonIgnore]
    public long UserId { get; init; }

    [JsonIgnore]
    public Guid? TurnKey { get; init; }
}
