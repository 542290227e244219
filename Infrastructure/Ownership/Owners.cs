using Dapper;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Ownership;

/// <summary>Who owns a session. An owner never changes and is remembered, for minutes: a database restored from a backup may give an id again.</summary>
sealed class Owners(NpgsqlDataSource database) : IDisposable
{
    static readonly TimeSpan Memory = TimeSpan.FromMinutes(5);
    readonly MemoryCache known = new(new MemoryCacheOptions { SizeLimit = 100_000 });

    /// <summary>Null when there is no such session.</summary>
    public ValueTask<long?> FindAsync(long sessionId, CancellationToken cancellation) =>
        known.TryGetValue(sessionId, out long owner) ? new(owner) : new(AskAsync(sessionId, cancellation));

    async Task<long?> AskAsync(long sessionId, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var owner = await connection.QuerySingleOrDefaultAsync<long?>(
            new CommandDefinition(Sql.Owner, new { SessionId = sessionId }, cancellationToken: cancellation)
        );
        if (owner is { } found)
            known.Set(
                sessionId,
                found,
                new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Memory }
            );
        return owner;
    }

    /// <summary>Whether the session is still there, which nobody remembers: any instance may have thrown it away.</summary>
    public async Task<bool> HasAsync(long sessionId, long userId, bool orTrashed, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                Sql.IsThere,
                new
                {
                    SessionId = sessionId,
                    UserId = userId,
                    OrTrashed = orTrashed,
                },
                cancellationToken: cancellation
            )
        );
    }

    public void Dispose() => known.Dispose();
}
