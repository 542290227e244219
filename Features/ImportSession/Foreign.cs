using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace AiEditor.Persistence.Features.ImportSession;

/// <summary>Reads members that may be absent, or of another type than expected: other tools promise nothing.</summary>
static partial class Foreign
{
    /// <summary>About the year 5000: what is later was counted in another unit.</summary>
    const long TicksAtMost = 100_000_000_000 * TimeSpan.TicksPerSecond;

    /// <summary>
    /// Whether it is UTF-8 and no member's name holds half a surrogate pair. Values are mended one by one, but a name can
    /// only be looked up among names that can all be read.
    /// </summary>
    public static bool IsUnicode(this JsonElement element)
    {
        var utf8 = JsonMarshal.GetRawUtf8Value(element);
        if (!Utf8.IsValid(utf8))
            return false;
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = int.MaxValue });
        while (reader.Read())
            if (
                reader is { TokenType: JsonTokenType.PropertyName, ValueIsEscaped: true }
                && EscapeOrPair().Matches(Encoding.UTF8.GetString(reader.ValueSpan)).Any(IsHalf)
            )
                return false;
        return true;
    }

    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind is JsonValueKind.Object
        && element.TryGetProperty(name, out var value)
        && value.ValueKind is not JsonValueKind.Null
            ? value
            : null;

    public static IEnumerable<JsonElement> Items(this JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) => element.Member(name).Items();

    public static bool Is(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.True };

    public static string? Text(this JsonElement element, string name) => element.Member(name)?.Text();

    /// <summary>A string, with U+FFFD in place of half a surrogate pair, which JavaScript can hold and UTF-8 cannot.</summary>
    public static string? Text(this JsonElement element)
    {
        if (element.ValueKind is not JsonValueKind.String)
            return null;
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            var whole = EscapeOrPair().Replace(element.GetRawText(), m => IsHalf(m) ? @"\ufffd" : m.Value);
            return JsonSerializer.Deserialize<string>(whole);
        }
    }

    public static DateTime? EpochSeconds(this JsonElement element, string name) =>
        element.Epoch(name, TimeSpan.TicksPerSecond);

    public static DateTime? EpochMilliseconds(this JsonElement element, string name) =>
        element.Epoch(name, TimeSpan.TicksPerMillisecond);

    static DateTime? Epoch(this JsonElement element, string name, long ticks) =>
        element.Member(name) is { ValueKind: JsonValueKind.Number } number
        && number.TryGetDecimal(out var count)
        && count >= 0
        && count < TicksAtMost / ticks
            ? DateTime.UnixEpoch.AddTicks((long)(count * ticks))
            : null;

    public static DateTime? Time(this JsonElement element, string name) =>
        DateTime.TryParse(
            element.Text(name),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal,
            out var time
        )
        && time >= DateTime.UnixEpoch
            ? time
            : null;

    static bool IsHalf(Match escape) => escape.Groups["half"].Success;

    [GeneratedRegex(
        @"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    )]
    private static partial Regex EscapeOrPair();
}
