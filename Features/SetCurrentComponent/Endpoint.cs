using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Features.SetCurrentComponent;

/// <summary>Makes a component the only current one of its session; no version comes of it.</summary>
public sealed class Endpoint : ICarterModule, IWrite<Nothing, Component>
{
    public Kind Kind => Kind.Component;
    public Action Action => Action.SetCurrent;

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapPut("/components/{componentId:id}/current", Handle)
            .WithName("SetCurrentComponent")
            .WithTags("Components")
            .WithSummary("Make a component the current one");

    Task<Results<Changed<Component>, Problem>> Handle(Mutation mutation, Journal journal) =>
        journal.ChangeAsync(this, mutation);

    public Verdict<Component> Decide(Operation<Nothing, Component> operation, Workspace workspace)
    {
        if (workspace.Find<Component>(Kind, operation.SessionId, operation.ItemId) is not { } present)
            return Problem.NotFound;
        workspace.MakeCurrent(operation.SessionId, operation.ItemId, operation.Revision, operation.At);
        return present with { IsCurrent = true, Revision = operation.Revision, UpdatedAt = operation.At };
    }

    public void Write(Statements statements, IReadOnlyList<Component> rows) =>
        statements
            .Add(Sql.SetCurrent, rows)
            .Bind("SessionIds", c => c.SessionId)
            .Bind("Ids", c => c.Id)
            .Bind("AreCurrent", c => c.IsCurrent)
            .Bind("Revisions", c => c.Revision)
            .Bind("UpdatedAts", c => c.UpdatedAt);
}
