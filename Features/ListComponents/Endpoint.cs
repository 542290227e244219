using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AiEditor.Persistence.Features.ListComponents;

/// <summary>A session's components in order of creation.</summary>
public sealed class Endpoint : ICarterModule
{
    sealed record Position(long After);

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapGet("/components", Handle)
            .WithName("ListComponents")
            .WithTags("Components")
            .WithSummary("List a session's components, oldest first")
            .TakesPage();

    static async Task<Results<Ok<Page<Component>>, Problem>> Handle(
        long sessionId,
        Caller caller,
        Query query,
        HttpContext context,
        NpgsqlDataSource database
    )
    {
        var scope = $"components:{sessionId}:{caller.UserId}";
        var limit = query.Whole("limit", 1, 200, 50);
        var from = query.Cursor<Position>(scope);
        if (query.Problem is { } problem)
            return problem;
        await using var connection = await database.OpenConnectionAsync(context.RequestAborted);
        var page = new CommandDefinition(
            Sql.Page,
            new
            {
                SessionId = sessionId,
                caller.UserId,
                After = from?.After ?? 0,
                Limit = limit,
            },
            cancellationToken: context.RequestAborted
        );
        await using var results = await connection.QueryMultipleAsync(page);
        if (await results.ReadSingleOrDefaultAsync<long?>() is null)
            return Problem.NotFound;
        var found = await results.ReadAsync<Component>();
        return TypedResults.Ok(Cursor.Page(found, limit, scope, last => new Position(last.Id)));
    }
}
