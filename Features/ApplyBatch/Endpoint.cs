using System.Text.Json;
using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Ownership;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiEditor.Persistence.Features.ApplyBatch;

/// <summary>
/// Applies operations in order, each by itself, in as few commits as one save takes. 503 when the outcome of any is
/// unknown: sent again, whole or in parts, what was applied is replayed.
/// </summary>
public sealed class Endpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapV1()
            .MapPost("/batch", Handle)
            .WithName("ApplyBatch")
            .WithTags("Batches")
            .WithSummary("Apply many operations at once, each with a verdict of its own")
            .WithMetadata(new JsonBody(typeof(Request)))
            .ProducesProblem(422);

    static async Task<Results<Ok<Response>, Problem>> Handle(HttpContext context, Caller caller, Journal journal)
    {
        var (utf8, unreadable) = await RequestBody.ReadBytesAsync(context);
        if (unreadable is not null)
            return unreadable;
        var (given, malformed) = Envelope.Read(utf8);
        if (malformed is not null)
            return malformed;

        var entries = given.Select(operation => Entry.Read(operation, caller, journal)).ToArray();
        Group[] groups = [.. entries.Where(e => e.Operation is not null).Select(e => new Group([e.Operation!]))];
        if (groups.Length > 0)
            await journal.WriteAsync(groups);

        // A verdict is final. Where the service failed, or did not get to it, there is none, and sending again helps.
        var none = groups
            .Select(g => g.Operations[0].Outcome.Problem)
            .FirstOrDefault(p => p is { Status: >= 500 or 413 });
        return none is not null
            ? none.Status is 413
                ? none
                : Problem.Unavailable
            : TypedResults.Ok(new Response { Results = [.. entries.Select(e => Result.Of(e, context))] });
    }
}

/// <summary>Operations across the caller's sessions, applied in order.</summary>
public sealed record Request
{
    /// <summary>1 to 500.</summary>
    [Operations]
    public IReadOnlyList<JsonElement>? Operations { get; init; }
}
