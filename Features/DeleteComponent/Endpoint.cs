using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Features.DeleteComponent;

/// <summary>Takes a component away with its versions; if it was the current one, none is current.</summary>
public sealed class Endpoint : ICarterModule, IWrite<Nothing, Component>
{
    public Kind Kind => Kind.Component;
    public Action Action => Action.Delete;

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapDelete("/components/{componentId:id}", Handle)
            .WithName("DeleteComponent")
            .WithTags("Components")
            .WithSummary("Delete a component");

    Task<Results<Removed, Problem>> Handle(Mutation mutation, Journal journal) => journal.RemoveAsync(this, mutation);

    public Verdict<Component> Decide(Operation<Nothing, Component> operation, Workspace workspace)
    {
        if (workspace.Find<Component>(Kind, operation.SessionId, operation.ItemId) is not { } present)
            return Problem.NotFound;
        workspace.MakeNotCurrent(operation.SessionId, operation.ItemId, operation.Revision, operation.At);
        return present with
        {
            IsCurrent = false,
            Revision = operation.Revision,
            UpdatedAt = operation.At,
            DeletedAt = operation.At,
        };
    }

    public void Write(Statements statements, IReadOnlyList<Component> rows) =>
        statements
            .Add(Sql.Bury, rows)
            .Bind("SessionIds", c => c.SessionId)
            .Bind("Ids", c => c.Id)
            .Bind("Revisions", c => c.Revision)
            .Bind("UpdatedAts", c => c.UpdatedAt)
            .Bind("DeletedAts", c => c.DeletedAt);
}
