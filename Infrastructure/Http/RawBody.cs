using Microsoft.AspNetCore.Http.Metadata;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>Says in the OpenAPI document that a route reads bytes, of any media type unless some are named.</summary>
public sealed record RawBody(params IReadOnlyList<string> MediaTypes) : IRequestSizeLimitMetadata
{
    /// <summary>
    /// None but what its reader sets. The decompression before it would hold the server's limit, which is made for JSON,
    /// against what comes out.
    /// </summary>
    long? IRequestSizeLimitMetadata.MaxRequestBodySize => null;
}

/// <summary>The same of an answer, which may also be had in ranges.</summary>
public sealed record RawAnswer(string? MediaType = null, bool IsRanged = false);
