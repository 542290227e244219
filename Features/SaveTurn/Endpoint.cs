using System.Text.Json;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiEditor.Persistence.Features.SaveTurn;

/// <summary>Saves what one exchange with the model made, all or nothing, in one commit with consecutive revisions.</summary>
public sealed class Endpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapPost("/turns", Handle)
            .WithName("SaveTurn")
            .WithTags("Turns")
            .WithSummary("Save a prompt, its reply and what was made, all or nothing");

    static async Task<Results<Saved<Response>, Problem>> Handle(Mutation<Request> mutation, Journal journal)
    {
        if (mutation.Problem is { } unreadable)
            return unreadable;
        var (request, malformed) = mutation.Body.As<Request>();
        if (malformed is not null)
            return malformed;

        var (operations, problem) = Parts.Prepare(request!, mutation.Target, journal);
        if (problem is not null)
            return problem;
        var turn = new Group([.. operations], mutation.Target.Key);
        await journal.WriteAsync(turn);

        return operations[0].Outcome.Problem is { } refusal
            ? refusal
            : new Saved<Response>(
                Response.Of(request!, operations),
                _ => $"/v1/sessions/{mutation.Target.SessionId}",
                mutation.Target,
                operations[^1].Outcome
            );
    }
}

/// <summary>The parts of a turn, each like the body of its own save, with a key of its own if it likes. At least one.</summary>
public sealed record Request
{
    /// <summary>What the user said.</summary>
    [TurnPart(Parts.SaveMessage, DefaultRole = Parts.User)]
    public JsonElement? Message { get; init; }

    /// <summary>What the assistant said.</summary>
    [TurnPart(Parts.SaveMessage, DefaultRole = Parts.Assistant)]
    public JsonElement? Reply { get; init; }

    [TurnPart(Parts.SaveInteraction)]
    public JsonElement? Interaction { get; init; }

    /// <summary>At most 500.</summary>
    [TurnPart(Parts.SaveComponent)]
    public IReadOnlyList<JsonElement>? Components { get; init; }
}

/// <summary>What was made of each part; null or empty for what was not sent, is gone, or is beyond 16 MiB of a replay.</summary>
public sealed record Response
{
    public required ChatMessage? Message { get; init; }
    public required ChatMessage? Reply { get; init; }
    public required Interaction? Interaction { get; init; }
    public required IReadOnlyList<Component> Components { get; init; }

    internal static Response Of(Request request, IReadOnlyList<Operation> operations)
    {
        // A replay may be of what the trash has lost since, or of more than an answer carries.
        var rows = new Queue<IItem?>(operations.Select(o => o.Outcome.Row));
        return new Response
        {
            Message = request.Message is null ? null : (ChatMessage?)rows.Dequeue(),
            Reply = request.Reply is null ? null : (ChatMessage?)rows.Dequeue(),
            Interaction = request.Interaction is null ? null : (Interaction?)rows.Dequeue(),
            Components = [.. rows.OfType<Component>()],
        };
    }
}
