using System.Text.Json.Serialization;
using AiEditor.Persistence.Infrastructure.Rows;

namespace AiEditor.Persistence.Infrastructure.Archives;

/// <summary>
/// A line of an archive, which is NDJSON: the header, the session, its files each followed by their bytes, then messages,
/// components each followed by their superseded versions, interactions, and the end. Docs: docs/archive-format.md.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(SessionLine), "session")]
[JsonDerivedType(typeof(AttachmentLine), "attachment")]
[JsonDerivedType(typeof(BytesLine), "bytes")]
[JsonDerivedType(typeof(MessageLine), "message")]
[JsonDerivedType(typeof(ComponentLine), "component")]
[JsonDerivedType(typeof(VersionLine), "component_version")]
[JsonDerivedType(typeof(InteractionLine), "interaction")]
[JsonDerivedType(typeof(EndLine), "end")]
public abstract record Line;

/// <summary>The first line of all, which says what follows.</summary>
public sealed record Header
{
    public const string Name = "ai-editor-session";

    public string? Format { get; init; }
    public int? Version { get; init; }
}

public sealed record SessionLine : Line
{
    public long? Id { get; init; }
    public long? Revision { get; init; }
    public Guid? ClientId { get; init; }
    public string? Title { get; init; }
    public string? Description { get; init; }
    public bool? IsActive { get; init; }
    public DateTime? CreatedAt { get; init; }
    public DateTime? UpdatedAt { get; init; }
}

/// <summary>A file; its bytes stand in the lines after it.</summary>
public sealed record AttachmentLine : Line
{
    public string? Sha256 { get; init; }
    public string? ContentType { get; init; }

    /// <summary>Bytes.</summary>
    public long? Size { get; init; }
}

/// <summary>The next bytes of the file above.</summary>
public sealed record BytesLine : Line
{
    public byte[]? Base64 { get; init; }
}

public sealed record MessageLine : Line
{
    public long? Id { get; init; }
    public long? Revision { get; init; }
    public Guid? ClientId { get; init; }
    public string? Role { get; init; }
    public string? Content { get; init; }
    public string? MessageType { get; init; }
    public Json? Metadata { get; init; }
    public IReadOnlyList<Attachment>? Attachments { get; init; }
    public DateTime? CreatedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTime? DeletedAt { get; init; }
}

public sealed record ComponentLine : Line
{
    public long? Id { get; init; }
    public long? Revision { get; init; }
    public Guid? ClientId { get; init; }
    public long? Version { get; init; }
    public DateTime? VersionCreatedAt { get; init; }
    public string? Name { get; init; }
    public string? JsxCode { get; init; }
    public string? CssCode { get; init; }
    public string? ComponentType { get; init; }
    public bool? IsCurrent { get; init; }
    public Json? Metadata { get; init; }
    public DateTime? CreatedAt { get; init; }
    public DateTime? UpdatedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTime? DeletedAt { get; init; }
}

/// <summary>An earlier version of the component above; 1 comes first.</summary>
public sealed record VersionLine : Line
{
    public long? Revision { get; init; }
    public long? Version { get; init; }
    public string? Name { get; init; }
    public string? JsxCode { get; init; }
    public string? CssCode { get; init; }
    public string? ComponentType { get; init; }
    public Json? Metadata { get; init; }
    public DateTime? CreatedAt { get; init; }
}

public sealed record InteractionLine : Line
{
    public long? Id { get; init; }
    public long? Revision { get; init; }
    public Guid? ClientId { get; init; }
    public string? Prompt { get; init; }
    public string? Response { get; init; }
    public string? InteractionType { get; init; }
    public string? TargetElement { get; init; }
    public Json? Metadata { get; init; }
    public DateTime? CreatedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTime? DeletedAt { get; init; }
}

/// <summary>The last line. Without it a file is not whole.</summary>
public sealed record EndLine : Line
{
    public Counts? Counts { get; init; }

    /// <summary>Of all bytes before this line.</summary>
    public string? Sha256 { get; init; }
}

/// <summary>How many there are of each; tombstones count.</summary>
public sealed record Counts
{
    public long Attachments { get; set; }
    public long Messages { get; set; }
    public long Components { get; set; }
    public long ComponentVersions { get; set; }
    public long Interactions { get; set; }

    public void Count(Line line)
    {
        switch (line)
        {
            case AttachmentLine:
                Attachments++;
                break;
            case MessageLine:
                Messages++;
                break;
            case ComponentLine:
                Components++;
                break;
            case VersionLine:
                ComponentVersions++;
                break;
            case InteractionLine:
                Interactions++;
                break;
        }
    }
}
