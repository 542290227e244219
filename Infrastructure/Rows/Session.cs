using System.Text.Json.Serialization;

namespace AiEditor.Persistence.Infrastructure.Rows;

/// <summary>A conversation with all that was made in it.</summary>
public sealed record Session : IItem
{
    public required long Id { get; init; }

    /// <summary>The key of the request that made it.</summary>
    public required Guid ClientId { get; init; }
    public required long UserId { get; init; }

    /// <summary>1 to 255 code points, not blank.</summary>
    public required string Title { get; init; }

    /// <summary>At most 8 KiB of UTF-8.</summary>
    public required string? Description { get; init; }
    public required bool IsActive { get; init; }

    /// <summary>The last mutation inside the session; 1, 2, 3, ... without gaps.</summary>
    public required long Revision { get; init; }
    public required DateTime CreatedAt { get; init; }

    /// <summary>Moves with every mutation inside the session.</summary>
    public required DateTime UpdatedAt { get; init; }

    [JsonIgnore]
    public DateTime? DeletedAt { get; init; }

    long IItem.SessionId => Id;
}
