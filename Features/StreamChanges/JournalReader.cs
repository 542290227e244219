using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Features.StreamChanges;

/// <summary>Reads a session's journal from where its reader stands. It holds a connection only while it reads.</summary>
sealed class JournalReader(NpgsqlDataSource database, long sessionId, long userId, long after)
{
    /// <summary>Small enough to be nothing to hold, large enough to catch up quickly.</summary>
    public const int PageSize = 200;

    long at = after;

    /// <summary>What comes next, and whether the session is still there to be followed.</summary>
    public async Task<(IReadOnlyList<Event> Events, bool IsAlive)> NextAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var asked = new
        {
            SessionId = sessionId,
            UserId = userId,
            After = at,
            Limit = PageSize,
        };
        CommandDefinition Asking(string sql) => new(sql, asked, cancellationToken: cancellation);
        // In this order: what happened before the session went is told before it is found gone.
        await using var results = await connection.QueryMultipleAsync(Asking($"{Sql.Head}; {Sql.Next}"));
        var head = await results.ReadSingleOrDefaultAsync<long?>();
        var events = (await results.ReadAsync<Event>()).AsList();
        if (events.Count > 0)
            at = events[^1].Revision;
        return (events, head is not null || events.Count == PageSize);
    }
}
