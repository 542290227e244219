using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AiEditor.Persistence.Features.GetInteraction;

/// <summary>One interaction of a session.</summary>
public sealed class Endpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapGet("/interactions/{interactionId:id}", Handle)
            .WithName("GetInteraction")
            .WithTags("Interactions")
            .WithSummary("Read one interaction");

    static async Task<Results<Ok<Interaction>, Problem>> Handle(
        long sessionId,
        long interactionId,
        Caller caller,
        HttpContext context,
        NpgsqlDataSource database
    )
    {
        await using var connection = await database.OpenConnectionAsync(context.RequestAborted);
        var find = new CommandDefinition(
            Sql.Find,
            new
            {
                SessionId = sessionId,
                InteractionId = interactionId,
                caller.UserId,
            },
            cancellationToken: context.RequestAborted
        );
        return await connection.QuerySingleOrDefaultAsync<Interaction>(find) is { } interaction
            ? TypedResults.Ok(interaction)
            : Problem.NotFound;
    }
}
