using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using Dapper;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Ownership;

/// <summary>
/// Answers 404 before anything else of the request is looked at, so that a foreign session and one that never was cannot
/// be told apart. A middleware, because endpoint filters run only after the body has been read. An owner never changes and
/// may be remembered; whether the session still lives is each statement's own business.
/// </summary>
public sealed class OwnershipFilter(RequestDelegate next, NpgsqlDataSource database) : IDisposable
{
    readonly MemoryCache owners = new(new MemoryCacheOptions { SizeLimit = 100_000 });

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<OwnedSession>() is not null && !await IsOwnAsync(context))
            await Problem.NotFound.ExecuteAsync(context);
        else
            await next(context);
    }

    async Task<bool> IsOwnAsync(HttpContext context)
    {
        var userId = Caller.Of(context).UserId;
        if (!IdConstraint.TryParse(context.Request.RouteValues["sessionId"]?.ToString(), out var sessionId))
            return false;
        if (owners.TryGetValue(sessionId, out long known))
            return known == userId;
        await using var connection = await database.OpenConnectionAsync(context.RequestAborted);
        var owner = await connection.QuerySingleOrDefaultAsync<long?>(Sql.Owner, new { SessionId = sessionId });
        if (owner is { } found)
            owners.Set(sessionId, found, new MemoryCacheEntryOptions { Size = 1 });
        return owner == userId;
    }

    public void Dispose() => owners.Dispose();
}
