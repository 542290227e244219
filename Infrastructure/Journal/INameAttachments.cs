using AiEditor.Persistence.Infrastructure.Rows;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>A body that names files; the journal looks them up, and keeps them from being swept until the commit.</summary>
public interface INameAttachments
{
    /// <summary>Most bodies name none.</summary>
    bool NamesAny { get; }

    /// <summary>Those whose spelling is one of a hash.</summary>
    IEnumerable<Sha256> NamedAttachments();
}
