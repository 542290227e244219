using System.Globalization;
using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AiEditor.Persistence.Features.LoadSession;

/// <summary>All that an editor shows when it opens a session, in one round trip and from one snapshot.</summary>
public sealed class Endpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapGet("", Handle)
            .WithName("LoadSession")
            .WithTags("Sessions")
            .WithSummary("Open a session")
            .Takes(
                new QueryParameter(
                    "limit",
                    "integer",
                    "How many of the newest messages, and of the newest interactions.",
                    1,
                    1000,
                    200
                )
            )
            .Produces(304);

    static async Task<Results<Ok<Response>, StatusCodeHttpResult, Problem>> Handle(
        long sessionId,
        Caller caller,
        Query query,
        HttpContext context,
        NpgsqlDataSource database
    )
    {
        var limit = query.Whole("limit", 1, 1000, 200);
        if (query.Problem is { } problem)
            return problem;
        var parameters = new
        {
            SessionId = sessionId,
            caller.UserId,
            Limit = limit,
        };
        await using var connection = await database.OpenConnectionAsync(context.RequestAborted);

        if (context.Request.GetTypedHeaders().IfNoneMatch is { Count: > 0 } known)
        {
            var revision = await connection.QuerySingleOrDefaultAsync<long?>(Sql.Revision, parameters);
            if (revision is { } now && known.Any(tag => tag.Tag == "*" || tag.Tag == Quoted(now)))
            {
                context.Response.Headers.ETag = "W/" + Quoted(now);
                return TypedResults.StatusCode(304);
            }
        }

        await using var results = await connection.QueryMultipleAsync(Sql.Load, parameters);
        if (await results.ReadSingleOrDefaultAsync<Session>() is not { } session)
            return Problem.NotFound;
        var messages = BackInTime.Page(
            await results.ReadAsync<ChatMessage>(),
            limit,
            BackInTime.Scope("messages", sessionId, caller.UserId),
            m => m.Id
        );
        var components = await results.ReadAsync<Component>();
        var interactions = BackInTime.Page(
            await results.ReadAsync<Interaction>(),
            limit,
            BackInTime.Scope("interactions", sessionId, caller.UserId),
            i => i.Id
        );
        context.Response.Headers.ETag = "W/" + Quoted(session.Revision);
        context.Response.Headers.CacheControl = "private, no-cache";
        return TypedResults.Ok(
            new Response
            {
                Session = session,
                Messages = messages.Items,
                Components = components.AsList(),
                Interactions = interactions.Items,
                OlderMessagesCursor = messages.NextCursor,
                OlderInteractionsCursor = interactions.NextCursor,
            }
        );
    }

    static string Quoted(long revision) => $"\"{revision.ToString(CultureInfo.InvariantCulture)}\"";
}

/// <summary>A session with its newest messages and interactions, oldest first, and all its components.</summary>
public sealed record Response
{
    public required Session Session { get; init; }
    public required IReadOnlyList<ChatMessage> Messages { get; init; }
    public required IReadOnlyList<Component> Components { get; init; }
    public required IReadOnlyList<Interaction> Interactions { get; init; }

    /// <summary>Leads to older messages through ListMessages; null when all are here.</summary>
    public required string? OlderMessagesCursor { get; init; }

    /// <summary>Leads to older interactions through ListInteractions; null when all are here.</summary>
    public required string? OlderInteractionsCursor { get; init; }
}
