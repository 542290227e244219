namespace AiEditor.Persistence.Features.ImportSession;

/// <summary>Refuses to be read much further than what was taken out of it: a parser keeps in memory what it has not given yet.</summary>
sealed class BoundedStream(Stream below, int bytesAtMost) : Stream
{
    long read;

    /// <summary>All before was taken.</summary>
    public void Begin() => read = 0;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await below.ReadAsync(buffer, cancellationToken);
        read += count;
        return read <= bytesAtMost
            ? count
            : throw new BadFileException("(file)", $"holds one conversation of more than {bytesAtMost} bytes");
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => below.Length;
    public override long Position
    {
        get => below.Position;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }
}
