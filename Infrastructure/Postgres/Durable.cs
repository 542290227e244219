using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Postgres;

/// <summary>Runs what commits, and believes the server's success only where it meant durability.</summary>
public static class Durable
{
    /// <summary>
    /// Runs one statement as a transaction of its own, in one round trip, and returns its rows once they are durable. Throws
    /// as <see cref="CommitAsync(NpgsqlConnection, Func{Task})"/> does.
    /// </summary>
    public static async Task<IReadOnlyList<TRow>> QueryAsync<TRow>(
        NpgsqlConnection connection,
        string sql,
        TimeSpan patience,
        params NpgsqlParameter[] parameters
    )
    {
        var statement = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            statement.Parameters.Add(parameter);
        await using var batch = new NpgsqlBatch(connection)
        {
            Timeout = (int)patience.TotalSeconds,
            BatchCommands = { new(Sql.Begin), new(Sql.PromiseAndBound), statement, new(Sql.Commit) },
        };
        var rows = new List<TRow>();
        await CommitAsync(connection, ReadAsync);
        return rows;

        async Task ReadAsync()
        {
            await using var reader = await batch.ExecuteReaderAsync();
            // Past the settings.
            await reader.NextResultAsync();
            var parse = reader.GetRowParser<TRow>();
            while (await reader.ReadAsync())
                rows.Add(parse(reader));
            // To the very end: a commit that fails says so after the rows.
            while (await reader.NextResultAsync()) { }
        }
    }

    public static Task CommitAsync(NpgsqlTransaction transaction) =>
        CommitAsync(transaction.Connection!, () => transaction.CommitAsync());

    /// <summary>
    /// Runs what ends with COMMIT. Throws <see cref="UnknownOutcomeException"/> when the commit may be lost by a failover.
    /// </summary>
    public static async Task CommitAsync(NpgsqlConnection connection, Func<Task> run)
    {
        var waitWasCancelled = false;
        connection.Notice += Listen;
        try
        {
            await run();
        }
        finally
        {
            connection.Notice -= Listen;
        }
        if (waitWasCancelled)
            throw new UnknownOutcomeException();

        // "canceling wait for synchronous replication": committed here, perhaps on no standby.
        void Listen(object sender, NpgsqlNoticeEventArgs e) => waitWasCancelled |= e.Notice.SqlState == "01000";
    }
}

/// <summary>Committed on this server only, although the standby was to have it too.</summary>
public sealed class UnknownOutcomeException() : Exception("The wait for synchronous replication was cancelled.");
