using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Features.SaveInteraction;

/// <summary>Records what was asked about an element, and what came of it.</summary>
public sealed class Endpoint : ICarterModule, IWrite<Request, Interaction>
{
    public Kind Kind => Kind.Interaction;
    public Action Action => Action.Create;

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapPost("/interactions", Handle)
            .WithName("SaveInteraction")
            .WithTags("Interactions")
            .WithSummary("Record an interaction");

    Task<Results<Saved<Interaction>, Problem>> Handle(Mutation<Request> mutation, Journal journal) =>
        journal.SaveAsync(this, mutation, made => $"/v1/sessions/{made.SessionId}/interactions/{made.Id}");

    public Verdict<Interaction> Decide(Operation<Request, Interaction> operation, Workspace workspace) =>
        new Interaction
        {
            Id = operation.ItemId,
            SessionId = operation.SessionId,
            ClientId = operation.Key,
            Revision = operation.Revision,
            Prompt = operation.Body.Prompt!,
            Response = operation.Body.Response!,
            InteractionType = operation.Body.InteractionType!,
            TargetElement = operation.Body.TargetElement,
            Metadata = operation.Body.Metadata ?? Json.Empty,
            CreatedAt = operation.At,
        };

    public void Write(Statements statements, IReadOnlyList<Interaction> rows) =>
        statements
            .Add(Sql.Insert, rows)
            .Bind("SessionIds", i => i.SessionId)
            .Bind("Ids", i => i.Id)
            .Bind("ClientIds", i => i.ClientId)
            .Bind("Revisions", i => i.Revision)
            .Bind("Prompts", i => i.Prompt)
            .Bind("Responses", i => i.Response)
            .Bind("InteractionTypes", i => i.InteractionType)
            .Bind("TargetElements", i => i.TargetElement)
            .Bind("Metadatas", i => i.Metadata.Text)
            .Bind("CreatedAts", i => i.CreatedAt);
}

/// <summary>A new interaction.</summary>
public sealed record Request
{
    /// <summary>At most 1 MiB of UTF-8; may be empty.</summary>
    /// <example>Make it rounder.</example>
    public string? Prompt { get; init; }

    /// <summary>At most 1 MiB of UTF-8; may be empty.</summary>
    /// <example>The corners have a radius of 8 px now.</example>
    public string? Response { get; init; }

    /// <summary>1 to 50 code points.</summary>
    /// <example>style</example>
    public string? InteractionType { get; init; }

    /// <summary>At most 255 code points.</summary>
    /// <example>button.save</example>
    public string? TargetElement { get; init; }
    public Json? Metadata { get; init; }
}
