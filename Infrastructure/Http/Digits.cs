using System.Globalization;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>Whole numbers in plain digits. The framework's parsers also take signs, white space or trailing U+0000.</summary>
public static class Digits
{
    public static bool TryParse(string? text, out long value)
    {
        value = 0;
        return text is { Length: > 0 }
            && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }
}
