using AiEditor.Persistence.Infrastructure.Attachments;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Rows;

namespace AiEditor.Persistence.Features.SaveMessage;

/// <summary>A new message.</summary>
public sealed record Request : INameAttachments
{
    /// <example>user</example>
    public string? Role { get; init; }

    /// <summary>1 byte to 1 MiB of UTF-8.</summary>
    /// <example>A red button, please.</example>
    public string? Content { get; init; }

    /// <summary>1 to 20 code points; <c>text</c> when not given.</summary>
    public string? MessageType { get; init; }
    public Json? Metadata { get; init; }

    /// <summary>Files that were put into the session before; at most 64.</summary>
    public IReadOnlyList<AttachmentName>? Attachments { get; init; }

    bool INameAttachments.NamesAny => Attachments is { Count: > 0 };

    IEnumerable<Sha256> INameAttachments.NamedAttachments()
    {
        foreach (var named in Attachments ?? [])
            if (Sha256Constraint.TryParse(named.Sha256, out var sha256))
                yield return sha256;
    }
}

/// <summary>Names a file by the hash of its bytes.</summary>
public sealed record AttachmentName
{
    /// <summary>64 lowercase hex digits.</summary>
    public string? Sha256 { get; init; }

    /// <summary>1 to 255 code points, if given.</summary>
    public string? Name { get; init; }
}
