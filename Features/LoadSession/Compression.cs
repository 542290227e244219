using System.IO.Compression;
using AiEditor.Persistence.Infrastructure.Rows;

namespace AiEditor.Persistence.Features.LoadSession;

/// <summary>How a body travels.</summary>
enum Coding
{
    Identity,
    Gzip,
    Br,
}

/// <summary>What the client takes, by <c>Accept-Encoding</c>.</summary>
static class Compression
{
    /// <summary>Bytes below which compressing gains nothing.</summary>
    const int WorthWhile = 1024;

    /// <summary>The best of what is asked for by name; of two that are as welcome, Brotli.</summary>
    public static Coding Choose(HttpRequest request)
    {
        if (request.Headers.AcceptEncoding.Count == 0)
            return Coding.Identity;
        var (chosen, best) = (Coding.Identity, 0d);
        foreach (var accepted in request.GetTypedHeaders().AcceptEncoding)
        {
            // What we do not know, however welcome, is not what we choose from.
            if (Named(accepted.Value.ToString()) is not { } coding)
                continue;
            var quality = accepted.Quality ?? 1;
            if (quality > best || (quality > 0 && quality == best && coding > chosen))
                (chosen, best) = (coding, quality);
        }
        return chosen;
    }

    static Coding? Named(string name) =>
        name.ToLowerInvariant() switch
        {
            "br" => Coding.Br,
            "gzip" => Coding.Gzip,
            "identity" => Coding.Identity,
            _ => null,
        };

    public static bool IsWorthIt(RentedBuffer body) => body.Count >= WorthWhile;

    /// <summary>As <c>Content-Encoding</c> calls it.</summary>
    public static string Name(Coding coding) => coding is Coding.Br ? "br" : "gzip";

    public static RentedBuffer Compress(RentedBuffer body, Coding coding)
    {
        using var compressed = new MemoryStream(body.Count / 4);
        using (
            Stream stream =
                coding is Coding.Br
                    ? new BrotliStream(compressed, CompressionLevel.Fastest, leaveOpen: true)
                    : new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)
        )
            stream.Write(body.Written.Span);
        var result = new RentedBuffer((int)compressed.Length);
        result.Add(compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
        return result;
    }
}
