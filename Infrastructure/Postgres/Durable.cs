using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Postgres;

/// <summary>Runs what commits, and believes the server's success only where it meant durability.</summary>
public static class Durable
{
    /// <summary>Throws <see cref="UnknownOutcomeException"/> when the commit may be lost by a failover.</summary>
    public static async Task ExecuteAsync(NpgsqlBatch batch)
    {
        var connection = batch.Connection!;
        var waitWasCancelled = false;
        connection.Notice += Listen;
        try
        {
            await batch.ExecuteNonQueryAsync();
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
