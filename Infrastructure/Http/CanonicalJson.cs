using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>
/// RFC 8785: one spelling for all JSON that means the same, so that a retry is known by its hash however its client orders
/// members or spells numbers. Numbers keep every digit where the RFC would round them to a double: 9007199254740993 is
/// not 9007199254740992 here.
/// </summary>
static class CanonicalJson
{
    public static byte[] Hash(JsonElement element)
    {
        // About as long as the text: one array instead of ever larger ones.
        var bytes = new ArrayBufferWriter<byte>(JsonMarshal.GetRawUtf8Value(element).Length + 64);
        Write(element, bytes);
        return SHA256.HashData(bytes.WrittenSpan);
    }

    public static void Write(JsonElement element, ArrayBufferWriter<byte> to)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new (string Name, JsonProperty Member)[element.GetPropertyCount()];
                var count = 0;
                foreach (var member in element.EnumerateObject())
                    members[count++] = (member.Name, member);
                Array.Sort(members, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
                var separator = "{"u8;
                foreach (var (name, member) in members)
                {
                    to.Write(separator);
                    to.Write("\""u8);
                    var rawName = JsonMarshal.GetRawUtf8PropertyName(member);
                    to.Write(IsPlain(rawName) ? rawName : Escaped(name));
                    to.Write("\":"u8);
                    Write(member.Value, to);
                    separator = ","u8;
                }
                to.Write(members.Length == 0 ? "{}"u8 : "}"u8);
                break;
            case JsonValueKind.Array:
                var before = "["u8;
                foreach (var item in element.EnumerateArray())
                {
                    to.Write(before);
                    Write(item, to);
                    before = ","u8;
                }
                to.Write(element.GetArrayLength() == 0 ? "[]"u8 : "]"u8);
                break;
            case JsonValueKind.String:
                var raw = JsonMarshal.GetRawUtf8Value(element);
                if (IsPlain(raw))
                    to.Write(raw);
                else
                {
                    to.Write("\""u8);
                    to.Write(Escaped(element.GetString()!));
                    to.Write("\""u8);
                }
                break;
            case JsonValueKind.Number:
                to.Write(Encoding.ASCII.GetBytes(Number(element.GetRawText())));
                break;
            default:
                to.Write(JsonMarshal.GetRawUtf8Value(element));
                break;
        }
    }

    /// <summary>A number as ECMAScript prints it, from its decimal digits instead of from a double.</summary>
    public static string Number(string raw)
    {
        var (sign, mantissa) = raw[0] == '-' ? ("-", raw[1..]) : ("", raw);
        var e = mantissa.IndexOfAny(['e', 'E']);
        var power = e < 0 ? "0" : mantissa[(e + 1)..];
        mantissa = e < 0 ? mantissa : mantissa[..e];
        var dot = mantissa.IndexOf('.');
        var whole = dot < 0 ? mantissa : mantissa[..dot];
        var fraction = dot < 0 ? "" : mantissa[(dot + 1)..];

        var leading = (whole + fraction).TrimStart('0');
        if (leading.Length == 0)
            return "0";
        // Only now: of zero the exponent may be anything. Otherwise it is small, for the value fits a double.
        var exponent = int.Parse(power, CultureInfo.InvariantCulture);
        // The value is 0.<digits> times ten to the point.
        var point = whole.Length + exponent - (whole.Length + fraction.Length - leading.Length);
        var digits = leading.TrimEnd('0');
        if (point is > 0 and <= 21)
            return sign
                + (digits.Length <= point ? digits.PadRight(point, '0') : $"{digits[..point]}.{digits[point..]}");
        if (point is > -6 and <= 0)
            return $"{sign}0.{new string('0', -point)}{digits}";
        var tail = digits.Length == 1 ? "" : "." + digits[1..];
        return $"{sign}{digits[0]}{tail}e{(point > 0 ? "+" : "-")}{Math.Abs(point - 1)}";
    }

    /// <summary>Without an escape there is one spelling only, and this is it.</summary>
    static bool IsPlain(ReadOnlySpan<byte> raw) => !raw.Contains((byte)'\\');

    static ReadOnlySpan<byte> Escaped(string text) => JsonEncodedText.Encode(text, Wire.Encoder).EncodedUtf8Bytes;
}
