namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>
/// Pages that walk back in time, each with its items oldest first. Statements fetch the newest first.
/// </summary>
public static class BackInTime
{
    /// <summary>Where a page ended: at the oldest item it held.</summary>
    public sealed record Position(long Before);

    /// <summary>The scope of the cursors of one session's list.</summary>
    public static string Scope(string list, long sessionId, long userId) => $"{list}:{sessionId}:{userId}";

    public static Page<T> Page<T>(IEnumerable<T> newestFirst, int limit, string scope, Func<T, long> id)
    {
        var page = Cursor.Page(newestFirst, limit, scope, item => new Position(id(item)));
        return page with { Items = [.. page.Items.Reverse()] };
    }
}
