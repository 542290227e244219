using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Features.DeleteInteraction;

/// <summary>Takes one interaction out of its session; what stays is a tombstone, so that other devices learn of it.</summary>
public sealed class Endpoint : ICarterModule, IWrite<Nothing, Interaction>
{
    public Kind Kind => Kind.Interaction;
    public Action Action => Action.Delete;

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapDelete("/interactions/{interactionId:id}", Handle)
            .WithName("DeleteInteraction")
            .WithTags("Interactions")
            .WithSummary("Delete one interaction");

    Task<Results<Removed, Problem>> Handle(Mutation mutation, Journal journal) => journal.RemoveAsync(this, mutation);

    public Verdict<Interaction> Decide(Operation<Nothing, Interaction> operation, Workspace workspace) =>
        workspace.Find<Interaction>(Kind.Interaction, operation.SessionId, operation.ItemId) is { } interaction
            ? interaction with
            {
                DeletedAt = operation.At,
                Revision = operation.Revision,
            }
            : Problem.NotFound;

    public void Write(Statements statements, IReadOnlyList<Interaction> rows) =>
        statements
            .Add(Sql.Bury, rows)
            .Bind("SessionIds", i => i.SessionId)
            .Bind("Ids", i => i.Id)
            .Bind("Revisions", i => i.Revision)
            .Bind("DeletedAts", i => i.DeletedAt);
}
