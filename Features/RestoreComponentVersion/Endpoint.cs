using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Features.RestoreComponentVersion;

/// <summary>Makes a new version that equals an earlier one; those in between stay.</summary>
public sealed class Endpoint : ICarterModule, IWrite<Request, Component>
{
    public Kind Kind => Kind.Component;
    public Action Action => Action.Restore;

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapPost("/components/{componentId:id}/versions/{version:id}/restore", Handle)
            .WithName("RestoreComponentVersion")
            .WithTags("Components")
            .WithSummary("Return to a version of a component");

    Task<Results<Changed<Component>, Problem>> Handle(Mutation mutation, Journal journal) =>
        journal.ChangeAsync(this, mutation.Saying(new Request { Version = mutation.Target.Version }));

    public Verdict<Component> Decide(Operation<Request, Component> operation, Workspace workspace)
    {
        if (
            workspace.Find<Component>(Kind, operation.SessionId, operation.ItemId) is not { } present
            || workspace.FindVersion(present, operation.Body.Version!.Value) is not { } version
        )
            return Problem.NotFound;
        return workspace.Revise(present, present.At(version), operation.Revision, operation.At);
    }

    public void Write(Statements statements, IReadOnlyList<Component> rows) =>
        statements
            .Add(Sql.Replace, rows)
            .Bind("SessionIds", c => c.SessionId)
            .Bind("Ids", c => c.Id)
            .Bind("Revisions", c => c.Revision)
            .Bind("Versions", c => c.Version)
            .Bind("VersionRevisions", c => c.VersionRevision)
            .Bind("VersionCreatedAts", c => c.VersionCreatedAt)
            .Bind("Names", c => c.Name)
            .Bind("JsxCodes", c => c.JsxCode)
            .Bind("CssCodes", c => c.CssCode)
            .Bind("ComponentTypes", c => c.ComponentType)
            .Bind("Metadatas", c => c.Metadata.Text)
            .Bind("UpdatedAts", c => c.UpdatedAt);
}

/// <summary>Which version to return to.</summary>
public sealed record Request
{
    /// <summary>1, 2, ...</summary>
    public long? Version { get; init; }
}
