using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AiEditor.Persistence.Features.GetMessage;

/// <summary>One message of a session.</summary>
public sealed class Endpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapGet("/messages/{messageId:id}", Handle)
            .WithName("GetMessage")
            .WithTags("Messages")
            .WithSummary("Read one message");

    static async Task<Results<Ok<ChatMessage>, Problem>> Handle(
        long sessionId,
        long messageId,
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
                MessageId = messageId,
                caller.UserId,
            },
            cancellationToken: context.RequestAborted
        );
        return await connection.QuerySingleOrDefaultAsync<ChatMessage>(find) is { } message
            ? TypedResults.Ok(message)
            : Problem.NotFound;
    }
}
