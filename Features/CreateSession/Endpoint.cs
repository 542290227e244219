using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Features.CreateSession;

/// <summary>Begins a session; its creation is revision 1.</summary>
public sealed class Endpoint : ICarterModule, IWrite<Request, Session>
{
    public Kind Kind => Kind.Session;
    public Action Action => Action.Create;

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapV1()
            .MapPost("/sessions", Handle)
            .WithName("CreateSession")
            .WithTags("Sessions")
            .WithSummary("Begin a session");

    Task<Results<Saved<Session>, Problem>> Handle(Mutation<Request> mutation, Journal journal) =>
        journal.SaveAsync(this, mutation, session => $"/v1/sessions/{session.Id}");

    public Verdict<Session> Decide(Operation<Request, Session> operation, Workspace workspace) =>
        new Session
        {
            Id = operation.SessionId,
            ClientId = operation.Key,
            UserId = operation.Target.UserId,
            Title = operation.Body.Title!,
            Description = operation.Body.Description,
            IsActive = true,
            Revision = operation.Revision,
            CreatedAt = operation.At,
            UpdatedAt = operation.At,
        };

    public void Write(Statements statements, IReadOnlyList<Session> rows) =>
        statements
            .Add(Sql.Insert, rows)
            .Bind("Ids", s => s.Id)
            .Bind("ClientIds", s => s.ClientId)
            .Bind("UserIds", s => s.UserId)
            .Bind("Titles", s => s.Title)
            .Bind("Descriptions", s => s.Description)
            .Bind("AreActive", s => s.IsActive)
            .Bind("Revisions", s => s.Revision)
            .Bind("CreatedAts", s => s.CreatedAt)
            .Bind("UpdatedAts", s => s.UpdatedAt);
}

/// <summary>A new session.</summary>
public sealed record Request
{
    /// <summary>1 to 255 code points, not blank.</summary>
    /// <example>Sign-up form</example>
    public string? Title { get; init; }

    /// <summary>At most 8 KiB of UTF-8.</summary>
    public string? Description { get; init; }
}
