namespace AiEditor.Persistence.Infrastructure.Attachments;

/// <summary>Where bytes lie. A blob is written once under an id of its own, and never changed.</summary>
public interface IBlobStore
{
    /// <summary>How many bytes are best asked for at once by whoever wants more than a few.</summary>
    int PieceBytes { get; }

    /// <summary>Takes as many bytes from where the stream stands; returns once they are durable.</summary>
    Task WriteAsync(Guid id, Stream bytes, long length);

    /// <summary>Up to as many bytes as the buffer has room for, from an offset on; 0 beyond the end.</summary>
    Task<int> ReadAsync(Guid id, long offset, Memory<byte> buffer, CancellationToken cancellation);

    /// <summary>Also of what was never written, or in part.</summary>
    Task DeleteAsync(Guid id, CancellationToken cancellation);
}
