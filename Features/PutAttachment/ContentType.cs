using AiEditor.Persistence.Infrastructure.Attachments;
using AiEditor.Persistence.Infrastructure.Http;

namespace AiEditor.Persistence.Features.PutAttachment;

/// <summary>What the sender says the file is.</summary>
static class ContentType
{
    public static (string? ContentType, Problem? Problem) Read(HttpRequest request)
    {
        // What is still encoded here, the decompression before did not know.
        if (request.Headers.ContentEncoding.Count > 0)
            return (null, Problem.UnsupportedEncoding);
        if (string.IsNullOrEmpty(request.ContentType))
            return (MediaType.Unknown, null);
        return MediaType.Read(request.ContentType) is { } type
            ? (type, null)
            : (
                null,
                Problem.Malformed(
                    $"Content-Type must be a media type of at most {MediaType.LengthAtMost} printable ASCII characters.",
                    "Content-Type"
                )
            );
    }
}
