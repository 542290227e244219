using AiEditor.Persistence.Infrastructure.Postgres;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace AiEditor.Persistence.Infrastructure.Attachments;

/// <summary>Bytes beside the rows: one backup, one failover, nothing else to run.</summary>
sealed class PostgresBlobStore(NpgsqlDataSource database) : IBlobStore
{
    /// <summary>Small enough to hold, large enough that a picture is a few of them.</summary>
    const int ChunkBytes = 256 * 1024;

    /// <summary>Not among the statements: COPY is none that can be prepared.</summary>
    const string CopyChunks = "copy blob_chunks (blob_id, number, bytes) from stdin (format binary)";

    /// <summary>Measured: the server answers four of these sooner than one that is four times as large.</summary>
    public int PieceBytes => 64 * 1024;

    public async Task WriteAsync(Guid id, Stream bytes, long length)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(Postgres.Sql.PromiseAndBound, transaction: transaction);
        await using (var copy = await connection.BeginBinaryImportAsync(CopyChunks))
        {
            var buffer = new byte[ChunkBytes];
            for (var number = 0L; length > 0; number++)
            {
                var size = (int)Math.Min(length, ChunkBytes);
                await bytes.ReadExactlyAsync(buffer.AsMemory(0, size));
                await copy.StartRowAsync();
                await copy.WriteAsync(id, NpgsqlDbType.Uuid);
                await copy.WriteAsync(number, NpgsqlDbType.Bigint);
                await copy.WriteAsync(buffer.AsMemory(0, size), NpgsqlDbType.Bytea);
                length -= size;
            }
            await copy.CompleteAsync();
        }
        await Durable.CommitAsync(transaction);
    }

    public async Task<int> ReadAsync(Guid id, long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        var within = (int)(offset % ChunkBytes);
        var wanted = Math.Min(buffer.Length, ChunkBytes - within);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var bytes = await connection.ExecuteScalarAsync<byte[]?>(
            new CommandDefinition(
                Sql.ReadChunk,
                new
                {
                    BlobId = id,
                    Number = offset / ChunkBytes,
                    From = within + 1,
                    Count = wanted,
                },
                cancellationToken: cancellation
            )
        );
        bytes?.CopyTo(buffer);
        return bytes?.Length ?? 0;
    }

    public async Task DeleteAsync(Guid id, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await connection.ExecuteAsync(
            new CommandDefinition(Sql.DeleteChunks, new { BlobId = id }, cancellationToken: cancellation)
        );
    }
}
