using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AiEditor.Persistence.Features.GetComponent;

/// <summary>A component as it is now; its ETag is its version.</summary>
public sealed class Endpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapGet("/components/{componentId:id}", Handle)
            .WithName("GetComponent")
            .WithTags("Components")
            .WithSummary("Get a component");

    static async Task<Results<Ok<Component>, Problem>> Handle(
        long sessionId,
        long componentId,
        Caller caller,
        HttpContext context,
        NpgsqlDataSource database
    )
    {
        await using var connection = await database.OpenConnectionAsync(context.RequestAborted);
        var load = new CommandDefinition(
            Sql.Load,
            new
            {
                SessionId = sessionId,
                ComponentId = componentId,
                caller.UserId,
            },
            cancellationToken: context.RequestAborted
        );
        var component = await connection.QuerySingleOrDefaultAsync<Component>(load);
        if (component is null)
            return Problem.NotFound;
        context.Response.Headers.ETag = $"\"{component.Version}\"";
        return TypedResults.Ok(component);
    }
}
