using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Postgres;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AiEditor.Persistence.Features.GetOperation;

/// <summary>Tells a client that lost an answer whether its mutation happened.</summary>
public sealed class Endpoint : ICarterModule
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapV1()
            .MapGet("/operations/{key}", Handle)
            .WithName("GetOperation")
            .WithTags("Operations")
            .WithSummary("Find out whether a mutation happened")
            .ProducesProblem(404);

    static async Task<Results<Ok<Receipt>, Problem>> Handle(string key, Caller caller, NpgsqlDataSource database)
    {
        if (!IdempotencyKey.TryParse(key, out var uuid))
            return Problem.Malformed("The key must be a UUID.", "key");
        await using var connection = await database.OpenConnectionAsync();
        var found = await Durable.QueryAsync<Receipt>(
            connection,
            Sql.Find,
            Patience,
            new NpgsqlParameter<long>("UserId", caller.UserId),
            new NpgsqlParameter<Guid>("Key", uuid)
        );
        return found is [var receipt] ? TypedResults.Ok(receipt) : Problem.NotFound;
    }
}
