using AiEditor.Persistence.Infrastructure.Rows;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>A file that was put into a session before.</summary>
public sealed record PutAttachment(long SessionId, Sha256 Sha256, string ContentType, long Size);

/// <summary>
/// The rows that one commit works on, under their sessions' locks. Operations see what the ones before them did;
/// what stands here at the end is what gets written.
/// </summary>
public sealed class Workspace
{
    readonly Dictionary<(Kind, long), IItem> rows = [];
    readonly Dictionary<(long ComponentId, long Version), ComponentVersion> versions = [];
    readonly Dictionary<long, long> current = [];
    readonly Dictionary<long, Retirement> retired = [];
    readonly List<ComponentVersion> superseded = [];
    readonly Dictionary<(long SessionId, Sha256), PutAttachment> attachments = [];

    /// <summary>What undoes the group being decided, should its next part be refused.</summary>
    readonly Stack<System.Action> undo = [];

    /// <summary>A component that stopped being the current one.</summary>
    public sealed record Retirement(long SessionId, long ComponentId, long Revision, DateTime At);

    public IReadOnlyCollection<Retirement> Retired => retired.Values;
    public IReadOnlyList<ComponentVersion> Superseded => superseded;

    /// <summary>A row of a live or dead item, as the operations so far have left it.</summary>
    public IItem? Get(Kind kind, long id) => rows.GetValueOrDefault((kind, id));

    /// <summary>A live item of that session.</summary>
    public TRow? Find<TRow>(Kind kind, long sessionId, long id)
        where TRow : class, IItem =>
        Get(kind, id) is TRow { DeletedAt: null } row && row.SessionId == sessionId ? row : null;

    /// <summary>A version of a component, present or superseded.</summary>
    public ComponentVersion? FindVersion(Component component, long version) =>
        version == component.Version
            ? ComponentVersion.Of(component)
            : versions.GetValueOrDefault((component.Id, version));

    /// <summary>The newest of the named versions that there are.</summary>
    public ComponentVersion? FindNewest(Component component, IEnumerable<long> versions) =>
        versions.OrderDescending().Select(v => FindVersion(component, v)).FirstOrDefault(v => v is not null);

    /// <summary>A file that was put into the session.</summary>
    public PutAttachment? FindAttachment(long sessionId, Sha256 sha256) =>
        attachments.GetValueOrDefault((sessionId, sha256));

    /// <summary>The session's current component; known only where it was asked about.</summary>
    internal long? Current(long sessionId) => current.TryGetValue(sessionId, out var id) ? id : null;

    /// <summary>Makes a component the only current one; the one before is touched by the same revision.</summary>
    public void MakeCurrent(long sessionId, long componentId, long revision, DateTime at)
    {
        if (current.TryGetValue(sessionId, out var before) && before != componentId)
            Retire(sessionId, before, revision, at);
        Set(current, sessionId, componentId);
    }

    /// <summary>Leaves the session without a current component, if this one was it.</summary>
    public void MakeNotCurrent(long sessionId, long componentId, long revision, DateTime at)
    {
        if (current.TryGetValue(sessionId, out var before) && before == componentId)
        {
            Retire(sessionId, before, revision, at);
            Unset(current, sessionId);
        }
    }

    /// <summary>A component as a mutation left it. Other content makes the next version and keeps the one before.</summary>
    public Component Revise(Component present, Component changed, long revision, DateTime at)
    {
        changed = changed with { Revision = revision, UpdatedAt = at };
        if (changed.SameContent(present))
            return changed;
        var version = ComponentVersion.Of(present);
        superseded.Add(version);
        undo.Push(() => superseded.RemoveAt(superseded.Count - 1));
        Set(versions, (present.Id, present.Version), version);
        return changed with { Version = present.Version + 1, VersionRevision = revision, VersionCreatedAt = at };
    }

    internal void Put(Kind kind, IItem row) => Set(rows, (kind, row.Id), row);

    internal void Load(Kind kind, IItem row) => rows.TryAdd((kind, row.Id), row);

    internal void Load(ComponentVersion version) => versions.TryAdd((version.ComponentId, version.Version), version);

    internal void Load(PutAttachment attachment) =>
        attachments.TryAdd((attachment.SessionId, attachment.Sha256), attachment);

    internal void LoadCurrent(long sessionId, long componentId) => current[sessionId] = componentId;

    /// <summary>From here on, changes are undone together or kept together.</summary>
    internal void BeginGroup() => undo.Clear();

    internal void UndoGroup()
    {
        while (undo.TryPop(out var step))
            step();
    }

    void Retire(long sessionId, long componentId, long revision, DateTime at)
    {
        if (Get(Kind.Component, componentId) is Component row)
            Put(Kind.Component, row with { IsCurrent = false, Revision = revision, UpdatedAt = at });
        Set(retired, componentId, new Retirement(sessionId, componentId, revision, at));
    }

    void Set<TKey, TValue>(Dictionary<TKey, TValue> map, TKey key, TValue value)
        where TKey : notnull
    {
        if (map.TryGetValue(key, out var before))
            undo.Push(() => map[key] = before);
        else
            undo.Push(() => map.Remove(key));
        map[key] = value;
    }

    void Unset(Dictionary<long, long> map, long key)
    {
        var before = map[key];
        undo.Push(() => map[key] = before);
        map.Remove(key);
    }
}
