using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using AiEditor.Persistence.Infrastructure.Trash;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Features.DeleteSession;

/// <summary>Puts a session into the trash, or erases it with all that ever happened in it.</summary>
public sealed class Endpoint : ICarterModule, IWrite<Nothing, Session>
{
    public Kind Kind => Kind.Session;
    public Action Action => Action.Delete;

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapDelete("", Handle)
            .WithName("DeleteSession")
            .WithTags("Sessions")
            .WithSummary("Put a session into the trash, or erase it for good")
            .Takes(
                new QueryParameter(
                    "permanent",
                    "boolean",
                    "Erase it, journal and all, live or trashed.",
                    Default: false
                )
            )
            .FindsTrashed(query => query.Bool("permanent") ?? false);

    async Task<Results<Removed, Problem>> Handle(Mutation mutation, Query query, Journal journal, Eraser eraser)
    {
        var permanent = query.Bool("permanent") ?? false;
        if ((mutation.Problem ?? query.Problem) is { } problem)
            return problem;
        return permanent ? await eraser.EraseAsync(mutation.Target) : await journal.RemoveAsync(this, mutation);
    }

    public Verdict<Session> Decide(Operation<Nothing, Session> operation, Workspace workspace) =>
        workspace.Find<Session>(Kind.Session, operation.SessionId, operation.SessionId) is { } session
            ? session with
            {
                DeletedAt = operation.At,
            }
            : Problem.NotFound;

    public void Write(Statements statements, IReadOnlyList<Session> rows) =>
        statements
            .Add(Sql.Trash, rows)
            .Bind("Ids", s => s.Id)
            .Bind("UserIds", s => s.UserId)
            .Bind("DeletedAts", s => s.DeletedAt);
}
