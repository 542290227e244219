using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Postgres;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Features.DeleteSession;

/// <summary>Puts a session into the trash, or erases it with all that ever happened in it.</summary>
public sealed class Endpoint : ICarterModule, IWrite<Nothing, Session>
{
    /// <summary>An erasure takes every row of the session with it, and a session may have very many.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>They are rare and may take long; more at once would only take connections from everybody else.</summary>
    static readonly SemaphoreSlim Erasing = new(4);

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
            );

    async Task<Results<Removed, Problem>> Handle(
        Mutation mutation,
        Query query,
        Journal journal,
        NpgsqlDataSource database
    )
    {
        var permanent = query.Bool("permanent") ?? false;
        if ((mutation.Problem ?? query.Problem) is { } problem)
            return problem;
        return permanent ? await EraseAsync(mutation.Target, database) : await journal.RemoveAsync(this, mutation);
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

    /// <summary>
    /// Past the journal, which goes too and so could not tell of it, and past its queue, where a long cascade would hold up
    /// everyone else. Without a cancellation token: whoever hangs up must not leave it unknown.
    /// </summary>
    static async Task<Results<Removed, Problem>> EraseAsync(Target target, NpgsqlDataSource database)
    {
        if (!Erasing.Wait(0))
            return Problem.Overloaded;
        try
        {
            return await EraseAloneAsync(target, database);
        }
        finally
        {
            Erasing.Release();
        }
    }

    static async Task<Results<Removed, Problem>> EraseAloneAsync(Target target, NpgsqlDataSource database)
    {
        await using var connection = await database.OpenConnectionAsync();
        if (await connection.ExecuteScalarAsync<bool>(Sql.KeyIsUsed, new { target.UserId, target.Key }))
            return Problem.KeyReused;
        var erased = await Durable.QueryAsync<long>(
            connection,
            Sql.Erase,
            Patience,
            new NpgsqlParameter<long>("Id", target.SessionId),
            new NpgsqlParameter<long>("UserId", target.UserId)
        );
        return erased is [var revision] ? new Removed(target, new Outcome(Revision: revision + 1)) : Problem.NotFound;
    }
}
