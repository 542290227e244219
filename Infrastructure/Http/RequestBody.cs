using Microsoft.Net.Http.Headers;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>Reads a JSON body whole: at most 8 MiB, whatever it was compressed to.</summary>
public static class RequestBody
{
    public const int MaxBytes = 8 * Rules.MiB;

    /// <summary>A length that is only announced gets no more memory than this.</summary>
    const int FirstGuess = 64 * Rules.KiB;

    public static async ValueTask<(StrictBody? Body, Problem? Problem)> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        if (!IsJson(request))
            return (null, Problem.UnsupportedMediaType);
        var bytes = new MemoryStream((int)Math.Clamp(request.ContentLength ?? 0, 256, FirstGuess));
        try
        {
            await request.Body.CopyToAsync(bytes, context.RequestAborted);
        }
        catch (InvalidDataException)
        {
            return (null, Problem.Malformed("The compressed body is damaged."));
        }
        return StrictBody.Read(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
    }

    /// <summary>What is still encoded here, the decompression before did not know.</summary>
    static bool IsJson(HttpRequest request) =>
        request.Headers.ContentEncoding.Count == 0
        && MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && (
            type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (
                HttpMethods.IsPatch(request.Method)
                && type.MediaType.Equals("application/merge-patch+json", StringComparison.OrdinalIgnoreCase)
            )
        )
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
