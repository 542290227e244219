using System.Text.Json;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Features.SaveMessage;

/// <summary>Appends a chat message to a session.</summary>
public sealed class Endpoint : ICarterModule, IWrite<Request, ChatMessage>
{
    public Kind Kind => Kind.Message;
    public Action Action => Action.Create;

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapPost("/messages", Handle)
            .WithName("SaveMessage")
            .WithTags("Messages")
            .WithSummary("Append a message");

    Task<Results<Saved<ChatMessage>, Problem>> Handle(Mutation<Request> mutation, Journal journal) =>
        journal.SaveAsync(this, mutation, message => $"/v1/sessions/{message.SessionId}/messages/{message.Id}");

    public Verdict<ChatMessage> Decide(Operation<Request, ChatMessage> operation, Workspace workspace)
    {
        var (attachments, problem) = Attached.Find(operation, workspace);
        if (problem is not null)
            return problem;
        return new ChatMessage
        {
            Id = operation.ItemId,
            SessionId = operation.SessionId,
            ClientId = operation.Key,
            Revision = operation.Revision,
            Role = Wire.Value<Role>(operation.Body.Role!),
            Content = operation.Body.Content!,
            MessageType = operation.Body.MessageType ?? "text",
            Metadata = operation.Body.Metadata ?? Json.Empty,
            Attachments = attachments,
            CreatedAt = operation.At,
        };
    }

    public void Write(Statements statements, IReadOnlyList<ChatMessage> rows)
    {
        statements
            .Add(Sql.Insert, rows)
            .Bind("SessionIds", m => m.SessionId)
            .Bind("Ids", m => m.Id)
            .Bind("ClientIds", m => m.ClientId)
            .Bind("Revisions", m => m.Revision)
            .Bind("Roles", m => Wire.Name(m.Role))
            .Bind("Contents", m => m.Content)
            .Bind("MessageTypes", m => m.MessageType)
            .Bind("Metadatas", m => m.Metadata.Text)
            .Bind(
                "Attachments",
                m => m.Attachments.Count == 0 ? "[]" : JsonSerializer.Serialize(m.Attachments, Wire.Options)
            )
            .Bind("CreatedAts", m => m.CreatedAt);
        statements
            .Add(Sql.Refer, Attached.References(rows))
            .Bind("SessionIds", r => r.SessionId)
            .Bind("MessageIds", r => r.MessageId)
            .Bind("Sha256s", r => r.Sha256);
    }
}
