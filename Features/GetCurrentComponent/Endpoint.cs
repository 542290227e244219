using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AiEditor.Persistence.Features.GetCurrentComponent;

/// <summary>The component that a session is at, if it is at one; its ETag is its version.</summary>
public sealed class Endpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapGet("/components/current", Handle)
            .WithName("GetCurrentComponent")
            .WithTags("Components")
            .WithSummary("Get the current component");

    static async Task<Results<Ok<Component>, Problem>> Handle(
        long sessionId,
        Caller caller,
        HttpContext context,
        NpgsqlDataSource database
    )
    {
        await using var connection = await database.OpenConnectionAsync(context.RequestAborted);
        var load = new CommandDefinition(
            Sql.LoadCurrent,
            new { SessionId = sessionId, caller.UserId },
            cancellationToken: context.RequestAborted
        );
        var component = await connection.QuerySingleOrDefaultAsync<Component>(load);
        if (component is null)
            return Problem.NotFound;
        context.Response.Headers.ETag = $"\"{component.Version}\"";
        return TypedResults.Ok(component);
    }
}
