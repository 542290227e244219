using System.Text.Json.Serialization;

namespace AiEditor.Persistence.Infrastructure.Rows;

/// <summary>A component as it was at one version.</summary>
public sealed record ComponentVersion
{
    [JsonIgnore]
    public long SessionId { get; init; }
    public required long ComponentId { get; init; }

    /// <summary>1, 2, ...</summary>
    public required long Version { get; init; }

    /// <summary>The mutation that made this version.</summary>
    public required long Revision { get; init; }
    public required string Name { get; init; }
    public required string JsxCode { get; init; }
    public required string CssCode { get; init; }
    public required string ComponentType { get; init; }
    public required Json Metadata { get; init; }
    public required DateTime CreatedAt { get; init; }

    /// <summary>The version that a component is at now.</summary>
    public static ComponentVersion Of(Component component) =>
        new()
        {
            SessionId = component.SessionId,
            ComponentId = component.Id,
            Version = component.Version,
            Revision = component.VersionRevision,
            Name = component.Name,
            JsxCode = component.JsxCode,
            CssCode = component.CssCode,
            ComponentType = component.ComponentType,
            Metadata = component.Metadata,
            CreatedAt = component.VersionCreatedAt,
        };
}
