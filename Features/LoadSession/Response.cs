using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;
using Dapper;

namespace AiEditor.Persistence.Features.LoadSession;

/// <summary>A session with its newest messages and interactions, oldest first, and all its components.</summary>
public sealed record Response
{
    public required Session Session { get; init; }
    public required IReadOnlyList<ChatMessage> Messages { get; init; }
    public required IReadOnlyList<Component> Components { get; init; }
    public required IReadOnlyList<Interaction> Interactions { get; init; }

    /// <summary>Leads to older messages through ListMessages; null when all are here.</summary>
    public required string? OlderMessagesCursor { get; init; }

    /// <summary>Leads to older interactions through ListInteractions; null when all are here.</summary>
    public required string? OlderInteractionsCursor { get; init; }

    /// <summary>Reads what follows the session in the answer of <see cref="Sql.Load"/>.</summary>
    internal static async Task<Response> ReadAsync(Session session, SqlMapper.GridReader results, int limit)
    {
        string Scope(string list) => BackInTime.Scope(list, session.Id, session.UserId);
        var messages = BackInTime.Page(await results.ReadAsync<ChatMessage>(), limit, Scope("messages"), m => m.Id);
        var components = await results.ReadAsync<Component>();
        var interactions = BackInTime.Page(
            await results.ReadAsync<Interaction>(),
            limit,
            Scope("interactions"),
            i => i.Id
        );
        return new Response
        {
            Session = session,
            Messages = messages.Items,
            Components = components.AsList(),
            Interactions = interactions.Items,
            OlderMessagesCursor = messages.NextCursor,
            OlderInteractionsCursor = interactions.NextCursor,
        };
    }
}
