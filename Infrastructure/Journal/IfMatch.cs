using AiEditor.Persistence.Infrastructure.Http;
using Microsoft.Net.Http.Headers;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>The <c>If-Match</c> header, whose entity tags are versions.</summary>
static class IfMatch
{
    /// <summary>A client has seen a few versions, not a history; each named one is looked at.</summary>
    const int TagsAtMost = 8;

    /// <summary>RFC 9110 lets a weak tag match nothing here.</summary>
    const long NoVersion = 0;

    /// <summary>The versions named; null when there is no header or it is <c>*</c>.</summary>
    public static IReadOnlyList<long>? Read(HttpRequest request, ref Problem? problem)
    {
        var header = request.Headers.IfMatch;
        if (header.Count == 0 || header is ["*"])
            return null;
        if (EntityTagHeaderValue.TryParseStrictList([.. header.OfType<string>()], out var tags))
        {
            var versions = new List<long>();
            foreach (var tag in tags)
                if (IdConstraint.TryParse(tag.Tag.Value?.Trim('"'), out var version))
                    versions.Add(tag.IsWeak ? NoVersion : version);
                else
                    break;
            if (versions.Count == tags.Count && versions.Count is > 0 and <= TagsAtMost)
                return versions;
        }
        problem ??= Problem.Malformed(
            "If-Match must be * or up to 8 versions in double quotes, such as \"3\".",
            "If-Match"
        );
        return null;
    }
}
