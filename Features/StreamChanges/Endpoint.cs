using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Live;
using AiEditor.Persistence.Infrastructure.Ownership;
using Carter;
using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Features.StreamChanges;

/// <summary>
/// Tells of every mutation of a session as it happens, over Server-Sent Events or, on the same path, over a WebSocket.
/// </summary>
public sealed class Endpoint : ICarterModule
{
    const string LastEventId = "Last-Event-ID";

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapGet("/events", Handle)
            .WithName("StreamChanges")
            .WithTags("Sync")
            .WithSummary("Follow a session live")
            .Takes(
                new QueryParameter(
                    "since",
                    "integer",
                    "The revision that the client is at; Last-Event-ID goes before it. The head when neither is given.",
                    0
                )
            )
            .WithMetadata(
                new HeaderParameter(LastEventId, "The id of the last event that the client has seen.", "^[0-9]+$")
            )
            .Produces<Event>(200, "text/event-stream")
            .Produces(101)
            .ProducesProblem(410);

    static async Task<IResult> Handle(
        long sessionId,
        Caller caller,
        Query query,
        HttpContext context,
        NpgsqlDataSource database,
        Watch watch,
        IHostApplicationLifetime host
    )
    {
        var since = query.Revision("since");
        // Two are none: to begin at the head instead would be to miss what the reader means to resume with.
        if (context.Request.Headers[LastEventId] is not ([] or [null or ""]) and var last)
            since =
                last.Count == 1 && Digits.TryParse(last, out var at)
                    ? at
                    : query.Refuse<long?>(LastEventId, "must be one revision", null);
        if (query.Problem is { } problem)
            return problem;
        long? head;
        await using (var connection = await database.OpenConnectionAsync(context.RequestAborted))
            head = await connection.QuerySingleOrDefaultAsync<long?>(
                new CommandDefinition(
                    Sql.Head,
                    new { SessionId = sessionId, caller.UserId },
                    cancellationToken: context.RequestAborted
                )
            );
        if (head is null)
            return Problem.NotFound;
        if (since > head)
            return Problem.ResyncRequired;
        using var follower = watch.Follow(sessionId, caller.UserId, head.Value);
        if (follower is null)
            return Problem.RateLimited;

        using var life = Life.Of(context, host);
        IOutlet outlet = context.WebSockets.IsWebSocketRequest
            ? await WebSocketOutlet.OpenAsync(context, life)
            : EventStreamOutlet.Open(context, life);
        var journal = new JournalReader(database, sessionId, caller.UserId, since ?? head.Value);
        await Pump.RunAsync(journal, follower, outlet, life);
        return Results.Empty;
    }
}
