using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Features.ListChanges;

/// <summary>A line of the journal, with the size of what it touched, if that has not been purged from the trash.</summary>
sealed record Line(long Revision, Kind Kind, Action Action, long ItemId, bool IsPurged, long Bytes);

/// <summary>A component whose latest mutation is in the window; the journal does not name those that were merely retired.</summary>
sealed record Touched(long Id, long Revision, long Bytes);

/// <summary>Which revisions one page covers, and which rows they touched.</summary>
sealed class Window
{
    const long BytesAtMost = 8 * Rules.MiB;

    /// <summary>An import is one mutation, however large, and no page splits one. Beyond this, loading anew is better.</summary>
    const long ImportedBytesAtMost = 4 * BytesAtMost;

    readonly HashSet<(Kind Kind, long Id)> ids = [];
    readonly HashSet<(Kind Kind, long Id)> purged = [];

    public Window(Session session, long since, IEnumerable<Line> lines, IEnumerable<Touched> components)
    {
        Session = session;
        Since = since;
        End = since;
        var touched = components.ToLookup(c => c.Revision);
        var bytes = 0L;
        foreach (var line in lines)
        {
            var rows = touched[line.Revision]
                .Select(c => (Kind.Component, c.Id, c.Bytes))
                .Append((line.Kind, line.ItemId, line.Bytes))
                .Where(row => !ids.Contains((row.Item1, row.Item2)))
                .ToArray();
            bytes += rows.Sum(row => row.Item3);
            if (line.Action is Action.Import)
                (Imported, IsTooLarge) = (line.Revision, bytes > ImportedBytesAtMost);
            else if (bytes > BytesAtMost && End > since)
                break;
            foreach (var (kind, id, _) in rows)
                ids.Add((kind, id));
            if (line.IsPurged)
                purged.Add((line.Kind, line.ItemId));
            End = line.Revision;
        }
    }

    public Session Session { get; }
    public long Since { get; }

    /// <summary>The last revision on the page.</summary>
    public long End { get; }

    /// <summary>
    /// The import that made the session, if the page holds it. Which rows it brought the journal does not tell, but they bear
    /// its revision; those that were touched since come with what touched them.
    /// </summary>
    public long? Imported { get; }
    bool IsTooLarge { get; }

    /// <summary>What it touched that is gone so thoroughly that only the journal knows of it.</summary>
    public IReadOnlyCollection<(Kind Kind, long Id)> Purged => purged;

    /// <summary>Whether the journal leads from there to here.</summary>
    public bool IsCovered => Since <= Session.Revision && !IsTooLarge;

    public bool HasMore => End < Session.Revision;

    public long[] Ids(Kind kind) => [.. ids.Where(row => row.Kind == kind).Select(row => row.Id)];
}
