using AiEditor.Persistence.Infrastructure.Http;
using Microsoft.Net.Http.Headers;

namespace AiEditor.Persistence.Features.ImportSession;

/// <summary>What an archive may be sent as; what a form or a page would send is none.</summary>
static class MediaTypes
{
    public static readonly string[] All =
    [
        "application/x-ndjson",
        "application/ndjson",
        "application/json",
        "application/octet-stream",
    ];

    public static Problem? Refuse(HttpRequest request) =>
        request.Headers.ContentEncoding.Count > 0 ? Problem.UnsupportedEncoding
        : MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && All.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase)
            ? null
        : Problem.UnsupportedMediaType with
        {
            Detail = $"The body must be {string.Join(" or ", All)}, plain or compressed with gzip or br.",
        };
}
