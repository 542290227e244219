using System.Runtime.CompilerServices;
using AiEditor.Persistence.Infrastructure.Archives;
using AiEditor.Persistence.Infrastructure.Attachments;
using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Features.ExportSession;

/// <summary>Reads a session row by row, all from the snapshot that the connection's transaction has.</summary>
sealed class SessionReader(NpgsqlConnection connection, Files files, long sessionId, long userId)
{
    /// <summary>Bytes of a file in one line.</summary>
    const int ChunkBytes = 48 * 1024;

    readonly object asked = new { SessionId = sessionId, UserId = userId };

    public Task<SessionLine?> ReadSessionAsync() =>
        connection.QuerySingleOrDefaultAsync<SessionLine>(Sql.Session, asked);

    public async IAsyncEnumerable<Line> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var file in (await connection.QueryAsync<File>(Sql.Files, asked)).AsList())
        await foreach (var line in LinesAsync(file, cancellation))
            yield return line;
        await foreach (var line in connection.QueryUnbufferedAsync<MessageLine>(Sql.Messages, asked))
            yield return line;
        await foreach (var line in ComponentsAsync())
            yield return line;
        await foreach (var line in connection.QueryUnbufferedAsync<InteractionLine>(Sql.Interactions, asked))
            yield return line;
    }

    async IAsyncEnumerable<Line> LinesAsync(File file, [EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return new AttachmentLine
        {
            Sha256 = Convert.ToHexStringLower(file.Sha256),
            ContentType = file.ContentType,
            Size = file.Size,
        };
        await using var bytes = files.Open(file.BlobId, file.Size);
        var buffer = new byte[ChunkBytes];
        int read;
        while ((read = await bytes.ReadAtLeastAsync(buffer, ChunkBytes, throwOnEndOfStream: false, cancellation)) > 0)
            yield return new BytesLine { Base64 = buffer[..read] };
    }

    /// <summary>One after the other with its versions: a component may have very many, and each may be large.</summary>
    async IAsyncEnumerable<Line> ComponentsAsync()
    {
        foreach (var id in (await connection.QueryAsync<long>(Sql.ComponentIds, asked)).AsList())
        {
            var one = new
            {
                SessionId = sessionId,
                UserId = userId,
                Id = id,
            };
            yield return await connection.QuerySingleAsync<ComponentLine>(Sql.Component, one);
            await foreach (var version in connection.QueryUnbufferedAsync<VersionLine>(Sql.Versions, one))
                yield return version;
        }
    }
}

/// <summary>A file of the session, and where its bytes lie.</summary>
sealed record File(byte[] Sha256, string ContentType, long Size, Guid BlobId);
