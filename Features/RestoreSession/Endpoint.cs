using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Features.RestoreSession;

/// <summary>Takes a session out of the trash; one that is not in there stays where it is.</summary>
public sealed class Endpoint : ICarterModule, IWrite<Nothing, Session>
{
    public Kind Kind => Kind.Session;
    public Action Action => Action.Restore;
    public bool FindsTrashed => true;

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapPost("/restore", Handle)
            .WithName("RestoreSession")
            .WithTags("Sessions")
            .WithSummary("Take a session out of the trash")
            .FindsTrashed();

    Task<Results<Changed<Session>, Problem>> Handle(Mutation mutation, Journal journal) =>
        journal.ChangeAsync(this, mutation);

    public Verdict<Session> Decide(Operation<Nothing, Session> operation, Workspace workspace) =>
        workspace.Get(Kind.Session, operation.SessionId) is Session session
            ? session with
            {
                DeletedAt = null,
            }
            : Problem.NotFound;

    public void Write(Statements statements, IReadOnlyList<Session> rows) =>
        statements
            .Add(Sql.Restore, rows)
            .Bind("Ids", s => s.Id)
            .Bind("UserIds", s => s.UserId)
            .Bind("DeletedAts", s => s.DeletedAt);
}
