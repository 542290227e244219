using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;
using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Features.LoadSession;

/// <summary>One session of a user, or none, as the database has it now.</summary>
sealed record Reading(long SessionId, long UserId, int Limit)
{
    public async Task<State?> StateAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.QuerySingleOrDefaultAsync<State>(
            new CommandDefinition(Sql.State, new { SessionId, UserId }, cancellationToken: cancellation)
        );
    }

    /// <summary>All of it, to be disposed of; without a body when it is too large to be put together in memory.</summary>
    public async Task<(State State, RentedBuffer? Json)?> BodyAsync(
        NpgsqlDataSource database,
        CancellationToken cancellation
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = Command(Sql.Load, connection);
        var read = default((State, RentedBuffer? Json)?);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            read = await Body.ReadAsync(reader, Scope, Limit, cancellation);
            // What is still to come is not worth receiving.
            if (read is { Json: null })
                command.Cancel();
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.QueryCanceled && read is { Json: null })
        {
            // As asked for.
        }
        return read;
    }

    public NpgsqlCommand Command(string sql, NpgsqlConnection connection) =>
        new(sql, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<long>("SessionId", SessionId),
                new NpgsqlParameter<long>("UserId", UserId),
                new NpgsqlParameter<int>("Limit", Limit),
            },
        };

    /// <summary>Of the cursors into a list.</summary>
    public string Scope(string list) => BackInTime.Scope(list, SessionId, UserId);
}
