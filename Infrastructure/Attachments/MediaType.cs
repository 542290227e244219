using Microsoft.Net.Http.Headers;

namespace AiEditor.Persistence.Infrastructure.Attachments;

/// <summary>What somebody says a file is; it is given back as a header, and nothing here depends on its being true.</summary>
public static class MediaType
{
    public const int LengthAtMost = 255;
    public const string Unknown = "application/octet-stream";

    /// <summary>
    /// Null unless it is one media type of at most 255 characters, all of them such as a header may have: the parser lets
    /// any stand within quotes.
    /// </summary>
    public static string? Read(string? text) =>
        text is { Length: >= 1 and <= LengthAtMost }
        && MediaTypeHeaderValue.TryParse(text, out var type)
        && !type.MatchesAllTypes
        && !type.MatchesAllSubTypes
        && type.ToString() is var written
        && !written.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? written
            : null;
}
