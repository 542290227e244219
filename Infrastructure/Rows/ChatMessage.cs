using System.Text.Json.Serialization;

namespace AiEditor.Persistence.Infrastructure.Rows;

/// <summary>Something said by the user or the assistant.</summary>
public sealed record ChatMessage : IItem
{
    public required long Id { get; init; }
    public required long SessionId { get; init; }

    /// <summary>The key of the mutation that made it.</summary>
    public required Guid ClientId { get; init; }

    /// <summary>The last mutation that touched it.</summary>
    public required long Revision { get; init; }
    public required Role Role { get; init; }

    /// <summary>1 byte to 1 MiB of UTF-8.</summary>
    public required string Content { get; init; }

    /// <summary>1 to 20 code points.</summary>
    public required string MessageType { get; init; }
    public required Json Metadata { get; init; }
    public required IReadOnlyList<Attachment> Attachments { get; init; }
    public required DateTime CreatedAt { get; init; }

    [JsonIgnore]
    public DateTime? DeletedAt { get; init; }
}

/// <summary>Who said it.</summary>
public enum Role
{
    User,
    Assistant,
}

/// <summary>A file that a message names, by the hash of its bytes.</summary>
public sealed record Attachment
{
    /// <summary>Lowercase hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>As its message calls it, if it does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }
    public required string ContentType { get; init; }

    /// <summary>Bytes.</summary>
    public required long Size { get; init; }
}
