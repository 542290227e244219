using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;
using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Features.ListChanges;

/// <summary>A page of changes. A row may already bear a later revision than the page.</summary>
public sealed record Response
{
    /// <summary>Where the page ends: the next <c>since</c>.</summary>
    public required long Revision { get; init; }
    public required bool HasMore { get; init; }

    /// <summary>The session as it is now.</summary>
    public required Session Session { get; init; }
    public required IReadOnlyList<ChatMessage> Messages { get; init; }
    public required IReadOnlyList<Component> Components { get; init; }
    public required IReadOnlyList<Interaction> Interactions { get; init; }

    /// <summary>What is gone, also if it was made since.</summary>
    public required IReadOnlyList<Deleted> Deleted { get; init; }

    /// <summary>Reads the rows in the transaction that the window was seen in, and ends it.</summary>
    internal static async Task<Response> ReadAsync(
        NpgsqlConnection connection,
        Window window,
        Caller caller,
        CancellationToken cancellation
    )
    {
        var asked = new
        {
            SessionId = window.Session.Id,
            caller.UserId,
            MessageIds = window.Ids(Kind.Message),
            ComponentIds = window.Ids(Kind.Component),
            InteractionIds = window.Ids(Kind.Interaction),
            window.Imported,
            PurgedKinds = window.Purged.Select(p => Wire.Name(p.Kind)).ToArray(),
            PurgedIds = window.Purged.Select(p => p.Id).ToArray(),
        };
        var hasPurged = window.Purged.Count > 0;
        var statements =
            $"{(window.Imported is null ? Sql.Rows : Sql.RowsAndImported)}; {(hasPurged ? Sql.Purged + ";" : "")} commit";
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(statements, asked, cancellationToken: cancellation)
        );
        var messages = (await results.ReadAsync<ChatMessage>()).AsList();
        var components = (await results.ReadAsync<Component>()).AsList();
        var interactions = (await results.ReadAsync<Interaction>()).AsList();
        var purged = hasPurged ? await results.ReadAsync<Deleted>() : [];
        return new Response
        {
            Revision = window.End,
            HasMore = window.HasMore,
            Session = window.Session,
            Messages = Alive(messages),
            Components = Alive(components),
            Interactions = Alive(interactions),
            Deleted =
            [
                .. Gone(messages, m => new Deleted(Kind.Message, m.Id, m.ClientId, m.Revision))
                    .Concat(Gone(components, c => new Deleted(Kind.Component, c.Id, c.ClientId, c.Revision)))
                    .Concat(Gone(interactions, i => new Deleted(Kind.Interaction, i.Id, i.ClientId, i.Revision)))
                    .Concat(purged)
                    .OrderBy(d => d.Revision),
            ],
        };
    }

    static TRow[] Alive<TRow>(IEnumerable<TRow> rows)
        where TRow : IItem => [.. rows.Where(row => row.DeletedAt is null)];

    static IEnumerable<Deleted> Gone<TRow>(IEnumerable<TRow> rows, Func<TRow, Deleted> tell)
        where TRow : IItem => rows.Where(row => row.DeletedAt is not null).Select(tell);
}

/// <summary>Something that is gone.</summary>
/// <param name="ClientId">Null for what an import had brought and the trash has lost since.</param>
/// <param name="Revision">The mutation that deleted it.</param>
public sealed record Deleted(Kind Kind, long Id, Guid? ClientId, long Revision);
