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

    public Verdict<ChatMessage> Decide(Operation<Request, ChatMessage> operation, Workspace workspace) =>
        new ChatMessage
        {
            Id = operation.ItemId,
            SessionId = operation.SessionId,
            ClientId = operation.Key,
            Revision = operation.Revision,
            Role = Wire.Value<Role>(operation.Body.Role!),
            Content = operation.Body.Content!,
            MessageType = operation.Body.MessageType ?? "text",
            Metadata = operation.Body.Metadata ?? Json.Empty,
            Attachments = [],
            CreatedAt = operation.At,
        };

    public void Write(Statements statements, IReadOnlyList<ChatMessage> rows) =>
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
            .Bind("CreatedAts", m => m.CreatedAt);
}

/// <summary>A new message.</summary>
public sealed record Request
{
    /// <example>user</example>
    public string? Role { get; init; }

    /// <summary>1 byte to 1 MiB of UTF-8.</summary>
    /// <example>A red button, please.</example>
    public string? Content { get; init; }

    /// <summary>1 to 20 code points; <c>text</c> when not given.</summary>
    public string? MessageType { get; init; }
    public Json? Metadata { get; init; }

    /// <summary>Files that were put into the session before.</summary>
    public IReadOnlyList<AttachmentName>? Attachments { get; init; }
}

/// <summary>Names a file by the hash of its bytes.</summary>
public sealed record AttachmentName
{
    /// <summary>64 lowercase hex digits.</summary>
    public string? Sha256 { get; init; }

    /// <summary>At most 255 code points.</summary>
    public string? Name { get; init; }
}
