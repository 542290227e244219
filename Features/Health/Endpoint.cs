using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Observability;
using AiEditor.Persistence.Infrastructure.Postgres;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AiEditor.Persistence.Features.Health;

/// <summary>Says whether the process lives, and whether it should be sent requests.</summary>
public sealed class Endpoint : ICarterModule
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        var health = app.MapGroup("/health").WithTags("Health").AllowAnonymous();
        health.MapGet("/live", Live).WithName("HealthLive").WithSummary("Whether the process lives; touches nothing");
        health
            .MapGet("/ready", Ready)
            .WithName("HealthReady")
            .WithSummary("Whether requests can be served")
            .ProducesProblem(503);
    }

    static Ok<Status> Live() => TypedResults.Ok(new Status("live"));

    static async Task<Results<Ok<Status>, Problem>> Ready(
        Readiness readiness,
        SchemaState schema,
        NpgsqlDataSource database,
        HttpContext context
    )
    {
        if (readiness.IsStopping || !schema.IsCurrent)
            return Problem.Unavailable;
        // A read: it may end with its asker, and must end before whoever probes gives up.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(Patience);
        try
        {
            await using var command = database.CreateCommand(Sql.Ping);
            await command.ExecuteScalarAsync(patience.Token);
            return TypedResults.Ok(new Status("ready"));
        }
        catch (Exception e) when (Failures.MayPass(e) || patience.IsCancellationRequested)
        {
            return Problem.Unavailable;
        }
    }
}

/// <summary>How the service is.</summary>
public sealed record Status([property: System.Text.Json.Serialization.JsonPropertyName("status")] string Value);
