using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>
/// Escapes what RFC 8259 demands and nothing else. The framework's relaxed encoder turns an emoji's four bytes into twelve,
/// which would count against a size limit what nobody sent.
/// </summary>
sealed class MinimalEncoder : JavaScriptEncoder
{
    static readonly string Controls = string.Concat(Enumerable.Range(0, 32).Select(c => (char)c));
    static readonly SearchValues<char> Escaped = SearchValues.Create(Controls + "\"\\");
    static readonly SearchValues<byte> EscapedBytes = SearchValues.Create(Encoding.UTF8.GetBytes(Controls + "\"\\"));

    /// <summary>By the byte that is escaped; all of them are ASCII.</summary>
    static readonly byte[][] EscapesInUtf8 =
    [
        .. Enumerable.Range(0, 128).Select(scalar => Encoding.UTF8.GetBytes(Escape(scalar))),
    ];

    public override int MaxOutputCharactersPerInputCharacter => 6;

    public override bool WillEncode(int unicodeScalar) => unicodeScalar is < 32 or '"' or '\\';

    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength) =>
        new ReadOnlySpan<char>(text, textLength).IndexOfAny(Escaped);

    public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text) =>
        utf8Text.IndexOfAny(EscapedBytes);

    // The framework's own goes scalar by scalar from the first escape on, and code has one at the end of each line.
    public override OperationStatus EncodeUtf8(
        ReadOnlySpan<byte> utf8Source,
        Span<byte> utf8Destination,
        out int bytesConsumed,
        out int bytesWritten,
        bool isFinalBlock = true
    )
    {
        if (!Utf8.IsValid(utf8Source))
            return base.EncodeUtf8(utf8Source, utf8Destination, out bytesConsumed, out bytesWritten, isFinalBlock);
        (bytesConsumed, bytesWritten) = (0, 0);
        while (bytesConsumed < utf8Source.Length)
        {
            var rest = utf8Source[bytesConsumed..];
            var plain = rest.IndexOfAny(EscapedBytes) is >= 0 and var first ? first : rest.Length;
            if (plain == 0)
            {
                var escape = EscapesInUtf8[rest[0]];
                if (!escape.AsSpan().TryCopyTo(utf8Destination[bytesWritten..]))
                    return OperationStatus.DestinationTooSmall;
                bytesConsumed++;
                bytesWritten += escape.Length;
            }
            else if (rest[..plain].TryCopyTo(utf8Destination[bytesWritten..]))
            {
                bytesConsumed += plain;
                bytesWritten += plain;
            }
            else
                return OperationStatus.DestinationTooSmall;
        }
        return OperationStatus.Done;
    }

    public override unsafe bool TryEncodeUnicodeScalar(
        int unicodeScalar,
        char* buffer,
        int bufferLength,
        out int written
    )
    {
        var escape = Escape(unicodeScalar);
        var fits = escape.AsSpan().TryCopyTo(new Span<char>(buffer, bufferLength));
        written = fits ? escape.Length : 0;
        return fits;
    }

    static string Escape(int unicodeScalar) =>
        unicodeScalar switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\b' => "\\b",
            '\f' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            < 32 => $"\\u{unicodeScalar:x4}",
            _ => char.ConvertFromUtf32(unicodeScalar),
        };
}
