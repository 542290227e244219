using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Features.UpdateComponent;

/// <summary>Changes a component; what changes its content makes a version.</summary>
public sealed class Endpoint : ICarterModule, IWrite<Request, Component>
{
    public Kind Kind => Kind.Component;
    public Action Action => Action.Update;
    public bool MayConflict => true;

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapPatch("/components/{componentId:id}", Handle)
            .WithName("UpdateComponent")
            .WithTags("Components")
            .WithSummary("Change a component")
            .Takes(
                new QueryParameter(
                    "on_conflict",
                    "string",
                    "A change that was made for an earlier version is first merged with what came since."
                )
                {
                    OneOf = [IWrite.Merge],
                }
            )
            .MayConflict();

    async Task<Results<Changed<Response>, Problem>> Handle(Mutation<Request> given, Query query, Journal journal)
    {
        var merges = query.OneOf("on_conflict", IWrite.Merge) is not null;
        if ((given.Problem ?? query.Problem) is { } problem)
            return problem;
        return await journal.ChangeAsync(
            this,
            merges ? given.Merging() : given,
            (component, outcome) => new Response(component) { Merged = outcome.Merged }
        );
    }

    public Verdict<Component> Decide(Operation<Request, Component> operation, Workspace workspace)
    {
        if (workspace.Find<Component>(Kind, operation.SessionId, operation.ItemId) is not { } present)
            return Problem.NotFound;
        var named = operation.Target.BaseVersions;
        var isStale = named?.Contains(present.Version) is false;
        var changed = isStale ? Merge.Of(operation, present, workspace) : operation.Body.On(present);
        if (changed is null)
            return VersionConflict.Of(present, workspace.FindNewest(present, named!), operation.Body.On);
        if (changed.Metadata.Size > Rules.MetadataBytes)
            return Problem.Invalid("metadata", Rules.MetadataTooLarge);
        if (changed.IsCurrent)
            workspace.MakeCurrent(present.SessionId, present.Id, operation.Revision, operation.At);
        else
            workspace.MakeNotCurrent(present.SessionId, present.Id, operation.Revision, operation.At);
        return new Verdict<Component>(
            workspace.Revise(present, changed, operation.Revision, operation.At),
            Problem: null,
            isStale
        );
    }

    public void Write(Statements statements, IReadOnlyList<Component> rows) =>
        statements
            .Add(Sql.Update, rows)
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
            .Bind("AreCurrent", c => c.IsCurrent)
            .Bind("Metadatas", c => c.Metadata.Text)
            .Bind("UpdatedAts", c => c.UpdatedAt);
}
