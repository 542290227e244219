using System.IO.Compression;

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
            var coding =
                accepted.Value.Equals("br", StringComparison.OrdinalIgnoreCase) ? Coding.Br
                : accepted.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) ? Coding.Gzip
                : Coding.Identity;
            var quality = accepted.Quality ?? 1;
            if (quality > best || (quality > 0 && quality == best && coding > chosen))
                (chosen, best) = (coding, quality);
        }
        return chosen;
    }

    public static bool IsWorthIt(byte[] body) => body.Length >= WorthWhile;

    /// <summary>As <c>Content-Encoding</c> calls it.</summary>
    public static string Name(Coding coding) => coding is Coding.Br ? "br" : "gzip";

    public static byte[] Compress(byte[] body, Coding coding)
    {
        var compressed = new MemoryStream(body.Length / 4);
        using (
            Stream stream =
                coding is Coding.Br
                    ? new BrotliStream(compressed, CompressionLevel.Fastest)
                    : new GZipStream(compressed, CompressionLevel.Fastest)
        )
            stream.Write(body);
        return compressed.ToArray();
    }
}
