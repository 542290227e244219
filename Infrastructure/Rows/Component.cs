using System.Text.Json.Serialization;

namespace AiEditor.Persistence.Infrastructure.Rows;

/// <summary>A UI component as it is now.</summary>
public record Component : IItem
{
    public required long Id { get; init; }
    public required long SessionId { get; init; }

    /// <summary>The key of the mutation that made it.</summary>
    public required Guid ClientId { get; init; }

    /// <summary>The last mutation that touched it.</summary>
    public required long Revision { get; init; }

    /// <summary>1, 2, ...: one more whenever name, code, type or metadata change.</summary>
    public required long Version { get; init; }

    /// <summary>1 to 255 code points.</summary>
    public required string Name { get; init; }

    /// <summary>1 byte to 1 MiB of UTF-8.</summary>
    public required string JsxCode { get; init; }

    /// <summary>At most 1 MiB of UTF-8.</summary>
    public required string CssCode { get; init; }

    /// <summary>1 to 50 code points.</summary>
    public required string ComponentType { get; init; }

    /// <summary>At most one component of a session is the current one.</summary>
    public required bool IsCurrent { get; init; }
    public required Json Metadata { get; init; }
    public required DateTime CreatedAt { get; init; }
    public required DateTime UpdatedAt { get; init; }

    [JsonIgnore]
    public long VersionRevision { get; init; }

    [JsonIgnore]
    public DateTime VersionCreatedAt { get; init; }

    [JsonIgnore]
    public DateTime? DeletedAt { get; init; }

    /// <summary>Whether both hold the same content: what a version is made of.</summary>
    public bool SameContent(Component other) =>
        (Name, JsxCode, CssCode, ComponentType, Metadata)
        == (other.Name, other.JsxCode, other.CssCode, other.ComponentType, other.Metadata);

    /// <summary>The component with the content it had at a version.</summary>
    public Component At(ComponentVersion version) =>
        this with
        {
            Name = version.Name,
            JsxCode = version.JsxCode,
            CssCode = version.CssCode,
            ComponentType = version.ComponentType,
            Metadata = version.Metadata,
        };
}
