using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Features.DeleteMessage;

/// <summary>Takes one message out of its session; what stays is a tombstone, so that other devices learn of it.</summary>
public sealed class Endpoint : ICarterModule, IWrite<Nothing, ChatMessage>
{
    public Kind Kind => Kind.Message;
    public Action Action => Action.Delete;

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapDelete("/messages/{messageId:id}", Handle)
            .WithName("DeleteMessage")
            .WithTags("Messages")
            .WithSummary("Delete one message");

    Task<Results<Removed, Problem>> Handle(Mutation mutation, Journal journal) => journal.RemoveAsync(this, mutation);

    public Verdict<ChatMessage> Decide(Operation<Nothing, ChatMessage> operation, Workspace workspace) =>
        workspace.Find<ChatMessage>(Kind.Message, operation.SessionId, operation.ItemId) is { } message
            ? message with
            {
                DeletedAt = operation.At,
                Revision = operation.Revision,
            }
            : Problem.NotFound;

    public void Write(Statements statements, IReadOnlyList<ChatMessage> rows) =>
        statements
            .Add(Sql.Bury, rows)
            .Bind("SessionIds", m => m.SessionId)
            .Bind("Ids", m => m.Id)
            .Bind("Revisions", m => m.Revision)
            .Bind("DeletedAts", m => m.DeletedAt);
}
