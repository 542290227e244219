using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Features.UpdateMessage;

/// <summary>Changes what a message says or what is noted about it.</summary>
public sealed class Endpoint : ICarterModule, IWrite<Request, ChatMessage>
{
    public Kind Kind => Kind.Message;
    public Action Action => Action.Update;

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapPatch("/messages/{messageId:id}", Handle)
            .WithName("UpdateMessage")
            .WithTags("Messages")
            .WithSummary("Change a message");

    Task<Results<Changed<ChatMessage>, Problem>> Handle(Mutation<Request> mutation, Journal journal) =>
        journal.ChangeAsync(this, mutation);

    public Verdict<ChatMessage> Decide(Operation<Request, ChatMessage> operation, Workspace workspace)
    {
        if (workspace.Find<ChatMessage>(Kind.Message, operation.SessionId, operation.ItemId) is not { } message)
            return Problem.NotFound;
        var patch = operation.Body;
        // Only here, under the session's lock, is it known what the patch meets.
        var metadata = patch.Metadata.Value is { } change ? message.Metadata.Merge(change) : message.Metadata;
        if (metadata.Size > Rules.MetadataBytes)
            return Problem.Invalid("metadata", Rules.MetadataTooLarge);
        return message with
        {
            Content = patch.Content.Or(message.Content)!,
            Metadata = metadata,
            Revision = operation.Revision,
        };
    }

    public void Write(Statements statements, IReadOnlyList<ChatMessage> rows) =>
        statements
            .Add(Sql.Change, rows)
            .Bind("SessionIds", m => m.SessionId)
            .Bind("Ids", m => m.Id)
            .Bind("Revisions", m => m.Revision)
            .Bind("Contents", m => m.Content)
            .Bind("Metadatas", m => m.Metadata.Text);
}

/// <summary>A merge patch of a message: what is absent stays.</summary>
public sealed record Request
{
    /// <summary>1 byte to 1 MiB of UTF-8; not null.</summary>
    public Optional<string?> Content { get; init; }

    /// <summary>Merged as RFC 7396 says: a null inside takes a member away. Not null itself; at most 64 KiB before and after.</summary>
    public Optional<Json?> Metadata { get; init; }
}
