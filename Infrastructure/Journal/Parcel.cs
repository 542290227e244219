using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>
/// The groups of one request, in their order: one, or the operations of a batch. They enter the queue together, and each
/// is accepted or refused by itself; only when the database cannot be told from the unknown do the later ones go untried.
/// </summary>
sealed class Parcel
{
    /// <summary>UTF-16 units, or bytes, of rows that one answer may hold; a few bytes of request can aim at very many.</summary>
    public const long RowsAtMost = 16 * 1024 * 1024;

    /// <summary>For merging, under the locks of sessions that others wait for. Merges take milliseconds, hostile ones 80.</summary>
    public static readonly TimeSpan MergingAtMost = TimeSpan.FromSeconds(1);

    readonly long born = TimeProvider.System.GetTimestamp();
    long rows;
    long conflicts;

    public Parcel(IReadOnlyList<Group> groups)
    {
        Groups = groups;
        foreach (var group in groups)
            group.Parcel = this;
        var first = groups[0].Operations[0];
        // What makes a session and what names it by that key are taken by the same writer, if neither or both are batches.
        Session = groups.Count > 1 ? this : first.Target.SessionName ?? (object)first.Target.SessionId;
        Route = (uint)(
            first.MakesSession ? first.Key.GetHashCode()
            : first.Target.SessionName is { } name ? name.GetHashCode()
            : first.Target.SessionId.GetHashCode()
        );
        Bytes = groups.Sum(g => g.Bytes);
    }

    public IReadOnlyList<Group> Groups { get; }
    public uint Route { get; }
    public int Bytes { get; }

    /// <summary>What it waits for when a session is locked from outside; parcels that share it stand or fall together.</summary>
    public object Session { get; }
    public TimeSpan Age => TimeProvider.System.GetElapsedTime(born);
    public Task Done => Groups.Count == 1 ? Groups[0].Done : Task.WhenAll(Groups.Select(g => g.Done));

    /// <summary>Whether one of its groups could not be settled for certain, or was not got to.</summary>
    public bool IsCutShort { get; set; }

    /// <summary>What its merges have taken so far.</summary>
    public TimeSpan Merging { get; set; }

    /// <summary>The row, as long as all that the answer carries stays within bounds. One row always does.</summary>
    public IItem? Keep(IItem? row)
    {
        if (Groups.Count == 1)
            return row;
        rows += Weight(row);
        return rows <= RowsAtMost ? row : null;
    }

    /// <summary>
    /// The problem, as long as the sides of all conflicts stay within the same bounds; one conflict always does. They cannot be
    /// left out of an answer as rows can, so the batch comes again in parts.
    /// </summary>
    public Problem Keep(Problem problem)
    {
        if (problem is not VersionConflict conflict)
            return problem;
        var isFirst = conflicts == 0;
        conflicts += Weight(conflict.Theirs) + Weight(conflict.Mine) + Weight(conflict.Base);
        return isFirst || conflicts <= RowsAtMost ? problem : Problem.TooMuchAtOnce;
    }

    static long Weight(object? row) =>
        row switch
        {
            Component component => component.JsxCode.Length + component.CssCode.Length,
            ComponentVersion version => version.JsxCode.Length + version.CssCode.Length,
            ChatMessage message => message.Content.Length,
            Interaction interaction => interaction.Prompt.Length + interaction.Response.Length,
            _ => 0,
        };
}
