namespace AiEditor.Persistence.Infrastructure.Attachments;

/// <summary>New bytes go to S3; what PostgreSQL held before the move stays there, and is read there, until it is swept.</summary>
sealed class MovingBlobStore(S3BlobStore s3, PostgresBlobStore postgres) : IBlobStore
{
    public int PieceBytes => s3.PieceBytes;

    public Task WriteAsync(Guid id, Stream bytes, long length) => s3.WriteAsync(id, bytes, length);

    public async Task<int> ReadAsync(Guid id, long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        // PostgreSQL first: it says no in a fraction of a round trip to S3, and surely. S3 says 403 instead of 404 to whoever
        // may not list the bucket.
        var read = await postgres.ReadAsync(id, offset, buffer, cancellation);
        return read > 0 ? read : await s3.ReadAsync(id, offset, buffer, cancellation);
    }

    public async Task DeleteAsync(Guid id, CancellationToken cancellation)
    {
        await postgres.DeleteAsync(id, cancellation);
        await s3.DeleteAsync(id, cancellation);
    }
}
