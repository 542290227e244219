using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AiEditor.Persistence.Features.GetComponentVersion;

/// <summary>A component as it was at one version, with its code; the present version counts too.</summary>
public sealed class Endpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapGet("/components/{componentId:id}/versions/{version:id}", Handle)
            .WithName("GetComponentVersion")
            .WithTags("Components")
            .WithSummary("Get a version of a component");

    static async Task<Results<Ok<ComponentVersion>, Problem>> Handle(
        long sessionId,
        long componentId,
        long version,
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
                Version = version,
                caller.UserId,
            },
            cancellationToken: context.RequestAborted
        );
        var found = await connection.QuerySingleOrDefaultAsync<ComponentVersion>(load);
        return found is null ? Problem.NotFound : TypedResults.Ok(found);
    }
}
