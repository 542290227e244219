using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Features.SaveComponent;

/// <summary>Adds a component to a session; unless told otherwise it becomes the only current one.</summary>
public sealed class Endpoint : ICarterModule, IWrite<Request, Component>
{
    public Kind Kind => Kind.Component;
    public Action Action => Action.Create;

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapPost("/components", Handle)
            .WithName("SaveComponent")
            .WithTags("Components")
            .WithSummary("Save a new component");

    Task<Results<Saved<Component>, Problem>> Handle(Mutation<Request> mutation, Journal journal) =>
        journal.SaveAsync(this, mutation, component => $"/v1/sessions/{component.SessionId}/components/{component.Id}");

    public Verdict<Component> Decide(Operation<Request, Component> operation, Workspace workspace)
    {
        var isCurrent = operation.Body.IsCurrent ?? true;
        if (isCurrent)
            workspace.MakeCurrent(operation.SessionId, operation.ItemId, operation.Revision, operation.At);
        return new Component
        {
            Id = operation.ItemId,
            SessionId = operation.SessionId,
            ClientId = operation.Key,
            Revision = operation.Revision,
            Version = 1,
            VersionRevision = operation.Revision,
            VersionCreatedAt = operation.At,
            Name = operation.Body.Name!,
            JsxCode = operation.Body.JsxCode!,
            CssCode = operation.Body.CssCode ?? "",
            ComponentType = operation.Body.ComponentType ?? "component",
            IsCurrent = isCurrent,
            Metadata = operation.Body.Metadata ?? Json.Empty,
            CreatedAt = operation.At,
            UpdatedAt = operation.At,
        };
    }

    public void Write(Statements statements, IReadOnlyList<Component> rows) =>
        statements
            .Add(Sql.Insert, rows)
            .Bind("SessionIds", c => c.SessionId)
            .Bind("Ids", c => c.Id)
            .Bind("ClientIds", c => c.ClientId)
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
            .Bind("CreatedAts", c => c.CreatedAt)
            .Bind("UpdatedAts", c => c.UpdatedAt);
}

/// <summary>A new component.</summary>
public sealed record Request
{
    /// <summary>1 to 255 code points.</summary>
    /// <example>SaveButton</example>
    public string? Name { get; init; }

    /// <summary>1 byte to 1 MiB of UTF-8.</summary>
    public string? JsxCode { get; init; }

    /// <summary>At most 1 MiB of UTF-8; empty when not given.</summary>
    /// <example>.save { color: white; background: crimson }</example>
    public string? CssCode { get; init; }

    /// <summary>1 to 50 code points; <c>component</c> when not given.</summary>
    /// <example>component</example>
    public string? ComponentType { get; init; }

    /// <summary>Whether it becomes the session's current component; true when not given.</summary>
    public bool? IsCurrent { get; init; }
    public Json? Metadata { get; init; }
}
