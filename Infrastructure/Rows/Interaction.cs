using System.Text.Json.Serialization;

namespace AiEditor.Persistence.Infrastructure.Rows;

/// <summary>A prompt about one element of the page, and its response.</summary>
public sealed record Interaction : IItem
{
    public required long Id { get; init; }
    public required long SessionId { get; init; }

    /// <summary>The key of the mutation that made it.</summary>
    public required Guid ClientId { get; init; }

    /// <summary>The last mutation that touched it.</summary>
    public required long Revision { get; init; }

    /// <summary>At most 1 MiB of UTF-8.</summary>
    public required string Prompt { get; init; }

    /// <summary>At most 1 MiB of UTF-8.</summary>
    public required string Response { get; init; }

    /// <summary>1 to 50 code points.</summary>
    public required string InteractionType { get; init; }

    /// <summary>At most 255 code points.</summary>
    public required string? TargetElement { get; init; }
    public required Json Metadata { get; init; }
    public required DateTime CreatedAt { get; init; }

    [JsonIgnore]
    public DateTime? DeletedAt { get; init; }
}
