using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Features.UpdateSession;

/// <summary>Renames a session, describes it, or says whether it is active.</summary>
public sealed class Endpoint : ICarterModule, IWrite<Request, Session>
{
    public Kind Kind => Kind.Session;
    public Action Action => Action.Update;

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapPatch("", Handle)
            .WithName("UpdateSession")
            .WithTags("Sessions")
            .WithSummary("Change a session");

    Task<Results<Changed<Session>, Problem>> Handle(Mutation<Request> mutation, Journal journal) =>
        journal.ChangeAsync(this, mutation);

    public Verdict<Session> Decide(Operation<Request, Session> operation, Workspace workspace) =>
        workspace.Find<Session>(Kind.Session, operation.SessionId, operation.SessionId) is not { } session
            ? Problem.NotFound
            : session with
            {
                Title = operation.Body.Title.Or(session.Title)!,
                Description = operation.Body.Description.Or(session.Description),
                IsActive = operation.Body.IsActive.Or(session.IsActive)!.Value,
            };

    public void Write(Statements statements, IReadOnlyList<Session> rows) =>
        statements
            .Add(Sql.Update, rows)
            .Bind("Ids", s => s.Id)
            .Bind("UserIds", s => s.UserId)
            .Bind("Titles", s => s.Title)
            .Bind("Descriptions", s => s.Description)
            .Bind("AreActive", s => s.IsActive);
}

/// <summary>What shall be different; what is absent stays.</summary>
public sealed record Request
{
    /// <summary>1 to 255 code points, not blank.</summary>
    public Optional<string?> Title { get; init; }

    /// <summary>At most 8 KiB of UTF-8; null takes it away.</summary>
    public Optional<string?> Description { get; init; }
    public Optional<bool?> IsActive { get; init; }
}
