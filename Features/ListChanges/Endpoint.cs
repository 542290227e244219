using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AiEditor.Persistence.Features.ListChanges;

/// <summary>
/// What happened in a session since a revision: the latest state of all that was touched, and what is gone. A page never
/// splits a revision; it ends early when it grows beyond 8 MiB.
/// </summary>
public sealed class Endpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapGet("/changes", Handle)
            .WithName("ListChanges")
            .WithTags("Sync")
            .WithSummary("Catch up with a session")
            .Takes(
                new QueryParameter("since", "integer", "The revision that the client is at.", 0, Default: 0),
                new QueryParameter("limit", "integer", "How many mutations at most.", 1, 1000, 500)
            )
            .ProducesProblem(410);

    static async Task<Results<Ok<Response>, Problem>> Handle(
        long sessionId,
        Caller caller,
        Query query,
        HttpContext context,
        NpgsqlDataSource database
    )
    {
        var since = query.Revision("since") ?? 0;
        var limit = query.Whole("limit", 1, 1000, 500);
        if (query.Problem is { } problem)
            return problem;
        var cancellation = context.RequestAborted;
        await using var connection = await database.OpenConnectionAsync(cancellation);

        var asked = new
        {
            SessionId = sessionId,
            caller.UserId,
            Since = since,
            Limit = limit,
        };
        Window window;
        await using (
            var results = await connection.QueryMultipleAsync(
                new CommandDefinition(Sql.Look, asked, cancellationToken: cancellation)
            )
        )
        {
            if (await results.ReadSingleOrDefaultAsync<Session>() is not { } session)
                return Problem.NotFound;
            window = new Window(session, since, await results.ReadAsync<Line>(), await results.ReadAsync<Touched>());
        }
        if (!window.IsCovered)
            return Problem.ResyncRequired;
        return TypedResults.Ok(await Response.ReadAsync(connection, window, caller, cancellation));
    }
}
