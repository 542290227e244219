using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using AiEditor.Persistence.Infrastructure.Http;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>The <c>Idempotency-Key</c> header: a UUID, bare or as the quoted string of the IETF draft.</summary>
public static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";
    static readonly SearchValues<char> Characters = SearchValues.Create("0123456789abcdefABCDEF-");

    /// <summary>The key sent, or a new one. Version 7, so that the index of keys grows at its end.</summary>
    public static Guid Read(IHeaderDictionary headers, out Problem? problem)
    {
        problem = null;
        var values = headers[Header];
        if (values.Count == 0)
            return Guid.CreateVersion7();
        if (values.Count == 1 && TryParse(values[0] is ['"', .. var quoted, '"'] ? quoted : values[0], out var key))
            return key;
        problem = Problem.Malformed("Idempotency-Key must be one UUID.", Header);
        return default;
    }

    /// <summary>36 characters of hex digits and hyphens. The framework's parser would also trim, and take signs and 0x.</summary>
    public static bool TryParse(string? text, out Guid key)
    {
        key = default;
        return text is { Length: 36 }
            && text.AsSpan().IndexOfAnyExcept(Characters) < 0
            && Guid.TryParseExact(text, "D", out key);
    }

    /// <summary>
    /// The key of a part of a request that has one key: RFC 9562, version 5, so that the same request sent again gives its
    /// parts the same keys.
    /// </summary>
    public static Guid Of(Guid request, string part)
    {
#pragma warning disable CA5350 // The RFC names SHA-1; it spreads names here and guards nothing.
        var hash = SHA1.HashData([.. request.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(part)]);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0f) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}
