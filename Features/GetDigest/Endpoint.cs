using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AiEditor.Persistence.Features.GetDigest;

/// <summary>
/// One hash over the ids and revisions of all that lives in a session. A device that computes the same from what it holds
/// holds what the server holds.
/// </summary>
public sealed class Endpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapGet("/digest", Handle)
            .WithName("GetDigest")
            .WithTags("Sync")
            .WithSummary("Prove that a device holds what the server holds");

    static async Task<Results<Ok<Response>, Problem>> Handle(
        long sessionId,
        Caller caller,
        HttpContext context,
        NpgsqlDataSource database
    )
    {
        await using var connection = await database.OpenConnectionAsync(context.RequestAborted);
        var digest = await connection.QuerySingleOrDefaultAsync<Response>(
            new CommandDefinition(
                Sql.Digest,
                new { SessionId = sessionId, caller.UserId },
                cancellationToken: context.RequestAborted
            )
        );
        return digest is null ? Problem.NotFound : TypedResults.Ok(digest);
    }
}

/// <summary>A session's state in 32 bytes.</summary>
public sealed record Response
{
    /// <summary>The revision at which the session has this digest.</summary>
    public required long Revision { get; init; }

    /// <summary>
    /// SHA-256 over UTF-8 lines, each ended by a line feed: <c>session ID REVISION</c>, then <c>message ID REVISION</c> by
    /// id, then components, then interactions; only what lives.
    /// </summary>
    public required Sha256 Sha256 { get; init; }
}
