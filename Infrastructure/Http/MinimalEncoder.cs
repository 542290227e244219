using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;

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

    public override int MaxOutputCharactersPerInputCharacter => 6;

    public override bool WillEncode(int unicodeScalar) => unicodeScalar is < 32 or '"' or '\\';

    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength) =>
        new ReadOnlySpan<char>(text, textLength).IndexOfAny(Escaped);

    public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text) =>
        utf8Text.IndexOfAny(EscapedBytes);

    public override unsafe bool TryEncodeUnicodeScalar(
        int unicodeScalar,
        char* buffer,
        int bufferLength,
        out int written
    )
    {
        var escape = unicodeScalar switch
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
        var fits = escape.AsSpan().TryCopyTo(new Span<char>(buffer, bufferLength));
        written = fits ? escape.Length : 0;
        return fits;
    }
}
