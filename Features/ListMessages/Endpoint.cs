using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AiEditor.Persistence.Features.ListMessages;

/// <summary>A session's messages, newest page first, each page oldest first. LoadSession's cursor leads here.</summary>
public sealed class Endpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapGet("/messages", Handle)
            .WithName("ListMessages")
            .WithTags("Messages")
            .WithSummary("Walk back through the messages")
            .TakesPage();

    static async Task<Results<Ok<Page<ChatMessage>>, Problem>> Handle(
        long sessionId,
        Caller caller,
        Query query,
        HttpContext context,
        NpgsqlDataSource database
    )
    {
        var scope = BackInTime.Scope("messages", sessionId, caller.UserId);
        var limit = query.Whole("limit", 1, 200, 50);
        var position = query.Cursor<BackInTime.Position>(scope);
        if (query.Problem is { } problem)
            return problem;

        await using var connection = await database.OpenConnectionAsync(context.RequestAborted);
        var page = new CommandDefinition(
            Sql.Page,
            new
            {
                SessionId = sessionId,
                caller.UserId,
                Before = position?.Before ?? long.MaxValue,
                Limit = limit,
            },
            cancellationToken: context.RequestAborted
        );
        var rows = (await connection.QueryAsync<ChatMessage>(page)).AsList();
        if (rows.Count == 0)
            return Problem.NotFound;
        return TypedResults.Ok(BackInTime.Page(rows.Where(row => row.Id > 0), limit, scope, row => row.Id));
    }
}
