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

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapPatch("/components/{componentId:id}", Handle)
            .WithName("UpdateComponent")
            .WithTags("Components")
            .WithSummary("Change a component")
            .MayConflict();

    Task<Results<Changed<Component>, Problem>> Handle(Mutation<Request> mutation, Journal journal) =>
        journal.ChangeAsync(this, mutation);

    public Verdict<Component> Decide(Operation<Request, Component> operation, Workspace workspace)
    {
        if (workspace.Find<Component>(Kind, operation.SessionId, operation.ItemId) is not { } present)
            return Problem.NotFound;
        if (operation.Target.BaseVersions is { } named && !named.Contains(present.Version))
            return VersionConflict.Of(present, workspace.FindNewest(present, named), operation.Body.On);
        var changed = operation.Body.On(present);
        if (changed.Metadata.Size > Rules.MetadataBytes)
            return Problem.Invalid("metadata", Rules.MetadataTooLarge);
        if (changed.IsCurrent)
            workspace.MakeCurrent(present.SessionId, present.Id, operation.Revision, operation.At);
        else
            workspace.MakeNotCurrent(present.SessionId, present.Id, operation.Revision, operation.At);
        return workspace.Revise(present, changed, operation.Revision, operation.At);
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

/// <summary>A merge patch of a component: what is absent stays.</summary>
public sealed record Request
{
    /// <summary>1 to 255 code points.</summary>
    public Optional<string?> Name { get; init; }

    /// <summary>1 byte to 1 MiB of UTF-8.</summary>
    public Optional<string?> JsxCode { get; init; }

    /// <summary>At most 1 MiB of UTF-8.</summary>
    public Optional<string?> CssCode { get; init; }

    /// <summary>1 to 50 code points.</summary>
    public Optional<string?> ComponentType { get; init; }

    /// <summary>True makes it the only current one; false, if it was current, leaves none.</summary>
    public Optional<bool?> IsCurrent { get; init; }

    /// <summary>Merged member by member (RFC 7396); the result may have 64 KiB as compact JSON.</summary>
    public Optional<Json?> Metadata { get; init; }

    internal Component On(Component component) =>
        component with
        {
            Name = Name.Or(component.Name)!,
            JsxCode = JsxCode.Or(component.JsxCode)!,
            CssCode = CssCode.Or(component.CssCode)!,
            ComponentType = ComponentType.Or(component.ComponentType)!,
            IsCurrent = IsCurrent.Or(component.IsCurrent)!.Value,
            Metadata = Metadata.IsGiven ? component.Metadata.Merge(Metadata.Value!.Value) : component.Metadata,
        };
}
