using AiEditor.Persistence.Infrastructure.Postgres;
using AiEditor.Persistence.Infrastructure.Rows;
using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Attachments;

/// <summary>
/// A user's files, each once. Bytes come before the row that owns them and go after it; in between they are adrift, and
/// known to be, so that no failure leaves any behind or takes any that are named.
/// </summary>
public sealed class Files(NpgsqlDataSource database, IBlobStore store)
{
    public const int BytesAtMost = 10 * 1024 * 1024;

    /// <summary>As long as one statement may take.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task<bool> HasAsync(long userId, Sha256 sha256)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<bool>(Sql.Has, new { UserId = userId, Sha256 = sha256.Bytes });
    }

    /// <summary>Makes the bytes the user's, unless they are already. They must have that hash; that was checked.</summary>
    public async Task KeepAsync(long userId, Sha256 sha256, Stream bytes)
    {
        if (await HasAsync(userId, sha256))
            return;
        var id = Guid.CreateVersion7();
        await ExecuteAsync(Sql.Launch, new NpgsqlParameter<Guid>("BlobId", id));
        bytes.Position = 0;
        await store.WriteAsync(id, bytes, bytes.Length);
        // Whoever else kept the same file meanwhile, or has begun to sweep these bytes, has won: they stay adrift.
        await ExecuteAsync(
            Sql.Keep,
            new NpgsqlParameter<long>("UserId", userId),
            new NpgsqlParameter<byte[]>("Sha256", sha256.Bytes),
            new NpgsqlParameter<long>("Size", bytes.Length),
            new NpgsqlParameter<Guid>("BlobId", id)
        );
    }

    /// <summary>A stream that asks the store for whole pieces, however small those are that are read from it.</summary>
    public Stream Open(Guid blobId, long size) =>
        new BufferedStream(new BlobStream(store, blobId, size), (int)Math.Clamp(size, 1, store.PieceBytes));

    /// <summary>Removes the user's files that are in no session.</summary>
    public Task FreeOfAsync(long userId) => FreeAsync(Sql.FreeOf, new { UserId = userId });

    /// <summary>Removes what is in no session, of all files that it is time to look at.</summary>
    public Task FreeDueAsync() => FreeAsync(Sql.FreeDue, null);

    /// <summary>In portions, each a transaction of its own.</summary>
    async Task FreeAsync(string sql, object? of)
    {
        await using var connection = await database.OpenConnectionAsync();
        while (await connection.ExecuteScalarAsync<long>(sql, of) > 0) { }
    }

    /// <summary>Removes bytes that are owned by nothing, and by no upload that may still be under way.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        while ((await connection.QueryAsync<Guid>(Sql.Seize)).AsList() is { Count: > 0 } seized)
            foreach (var id in seized)
            {
                await store.DeleteAsync(id, cancellation);
                await connection.ExecuteAsync(Sql.Land, new { BlobId = id });
            }
    }

    async Task ExecuteAsync(string sql, params NpgsqlParameter[] parameters)
    {
        await using var connection = await database.OpenConnectionAsync();
        await Durable.QueryAsync<int>(connection, sql, Patience, parameters);
    }
}
