using Microsoft.Net.Http.Headers;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>Reads a JSON body whole: at most 8 MiB, whatever it was compressed to.</summary>
public static class RequestBody
{
    public const int MaxBytes = 8 * Rules.MiB;

    /// <summary>A length that is only announced gets no more memory than this.</summary>
    const int FirstGuess = 64 * Rules.KiB;

    /// <summary>All bodies larger than that, together.</summary>
    const int LargeBytesAtMost = 32 * Rules.MiB;

    public static async ValueTask<(StrictBody? Body, Problem? Problem)> ReadAsync(HttpContext context)
    {
        var (utf8, problem) = await ReadBytesAsync(context);
        return problem is null ? StrictBody.Read(utf8) : (null, problem);
    }

    /// <summary>The bytes of what claims to be JSON.</summary>
    public static async ValueTask<(ReadOnlyMemory<byte> Utf8, Problem? Problem)> ReadBytesAsync(HttpContext context)
    {
        var request = context.Request;
        if (!IsJson(request))
            return (default, Problem.UnsupportedMediaType);
        if (request.ContentLength > MaxBytes)
            return (default, Problem.PayloadTooLarge);
        try
        {
            return await ReadAllAsync(context);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            // gzip's decoder throws the one, Brotli's the other.
            return (default, Problem.Malformed("The compressed body is damaged."));
        }
    }

    /// <summary>
    /// Refused when it is too large, or the large bodies in hand weigh too much together. Each is parsed, spelt anew and
    /// kept until it is answered, at many times its size; small ones are bounded by the number of connections and pass
    /// freely.
    /// </summary>
    static async ValueTask<(ReadOnlyMemory<byte> Utf8, Problem? Problem)> ReadAllAsync(HttpContext context)
    {
        // One more than announced, so that the end is found without room being made for it.
        var bytes = new byte[Math.Clamp(context.Request.ContentLength ?? 0, 256, FirstGuess) + 1];
        var length = 0;
        Share? share = null;
        int read;
        while ((read = await context.Request.Body.ReadAsync(bytes.AsMemory(length), context.RequestAborted)) > 0)
        {
            length += read;
            if (length > MaxBytes)
                return (default, Problem.PayloadTooLarge);
            if (length > FirstGuess)
            {
                share ??= Share.Of(context.Response);
                if (!share.Grow(length))
                    return (default, Problem.Overloaded);
            }
            if (length == bytes.Length)
                Array.Resize(ref bytes, Math.Min(2 * length, MaxBytes + 1));
        }
        return (bytes.AsMemory(0, length), null);
    }

    /// <summary>What one request holds of the memory for large bodies; given back when it ends.</summary>
    sealed class Share : IDisposable
    {
        static int taken;
        int mine;

        public static Share Of(HttpResponse response)
        {
            var share = new Share();
            response.RegisterForDispose(share);
            return share;
        }

        public bool Grow(int to)
        {
            var more = to - mine;
            mine = to;
            return Interlocked.Add(ref taken, more) <= LargeBytesAtMost;
        }

        public void Dispose() => Interlocked.Add(ref taken, -Interlocked.Exchange(ref mine, 0));
    }

    /// <summary>What is still encoded here, the decompression before did not know.</summary>
    static bool IsJson(HttpRequest request) =>
        request.Headers.ContentEncoding.Count == 0
        && (request.ContentType is "application/json" || IsSpeltOtherwise(request));

    static bool IsSpeltOtherwise(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && (
            type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (
                HttpMethods.IsPatch(request.Method)
                && type.MediaType.Equals("application/merge-patch+json", StringComparison.OrdinalIgnoreCase)
            )
        )
        && (
            !type.Charset.HasValue
            || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)
        );
}
