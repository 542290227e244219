using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using AiEditor.Persistence.Infrastructure.Archives;
using AiEditor.Persistence.Infrastructure.Http;

namespace AiEditor.Persistence.Features.ExportSession;

/// <summary>
/// Writes lines at the reader's pace. A reader that takes nothing for too long is let go, and its snapshot with it; however
/// slow it is, it may take all of a long line, which is therefore handed over in pieces.
/// </summary>
sealed class ArchiveWriter(HttpContext context)
{
    const int PieceBytes = 64 * Rules.KiB;

    /// <summary>
    /// For a piece. The kernel holds up to 4 MiB for a reader and takes no more until a third of that is gone, so that even
    /// one who takes 25 KB/s seems to rest for most of a minute.
    /// </summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly ArrayBufferWriter<byte> line = new(64 * Rules.KiB);
    readonly Counts counts = new();
    int unsent;

    public Task BeginAsync() => PutAsync(new Header { Format = Header.Name, Version = 1 });

    public Task WriteAsync(Line given)
    {
        counts.Count(given);
        return PutAsync(given);
    }

    public async Task EndAsync()
    {
        await PutAsync<Line>(
            new EndLine { Counts = counts, Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset()) }
        );
        await FlushAsync();
    }

    async Task PutAsync<T>(T value)
    {
        line.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(line, new JsonWriterOptions { Encoder = Wire.Encoder }))
            JsonSerializer.Serialize(writer, value, Wire.Options);
        line.Write("\n"u8);
        hash.AppendData(line.WrittenSpan);
        for (var rest = line.WrittenMemory; !rest.IsEmpty; )
        {
            var piece = rest[..Math.Min(rest.Length, PieceBytes - unsent)];
            context.Response.BodyWriter.Write(piece.Span);
            unsent += piece.Length;
            rest = rest[piece.Length..];
            if (unsent == PieceBytes)
                await FlushAsync();
        }
    }

    async Task FlushAsync()
    {
        unsent = 0;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(Patience);
        try
        {
            await context.Response.BodyWriter.FlushAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
            throw;
        }
    }
}
