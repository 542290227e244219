using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>
/// Walks a document once for what the parser lets pass: half surrogate pairs, U+0000, numbers beyond a double. Says where,
/// spelling a path only when there is something to say, for a hostile body has many places and long names.
/// </summary>
sealed class Inspection
{
    const int FaultsAtMost = 20;

    /// <summary>No field's name is told at greater length.</summary>
    public const int FieldAtMost = 200;

    const string Nul = "must not contain U+0000";
    const string Beyond = "holds a number beyond the range of a double";

    static readonly Dictionary<string, string[]> Nothing = [];

    readonly List<(JsonProperty? Member, int Index)> path = [];
    Dictionary<string, string[]>? unstorable;

    /// <summary>Values that are well-formed and cannot be kept, by field.</summary>
    public IReadOnlyDictionary<string, string[]> Unstorable => unstorable ?? Nothing;

    /// <summary>The field that the walk stands at. It ends at metadata, which is one field to its sender however deep it goes.</summary>
    public string Field
    {
        get
        {
            var text = new StringBuilder();
            foreach (var (member, index) in path)
            {
                var name = member?.Name;
                if (name is null)
                    text.Append(CultureInfo.InvariantCulture, $"[{index}]");
                else
                    text.Append(text.Length > 0 ? "." : "").Append(name.AsSpan(0, Math.Min(name.Length, FieldAtMost)));
                if (name is "metadata" || text.Length > FieldAtMost)
                    break;
            }
            return text.Length == 0 ? "(member name)" : text.ToString();
        }
    }

    /// <summary>True at the first text that is no Unicode; the walk then stands there.</summary>
    public bool Unreadable(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    if (!IsPlain(JsonMarshal.GetRawUtf8PropertyName(member)))
                    {
                        if (NameOf(member) is not { } name)
                            return true;
                        Note(name.Contains('\0'), Nul);
                    }
                    path.Add((member, 0));
                    if (Unreadable(member.Value))
                        return true;
                    path.RemoveAt(path.Count - 1);
                }
                return false;
            case JsonValueKind.Array:
                path.Add((null, 0));
                foreach (var item in element.EnumerateArray())
                {
                    if (Unreadable(item))
                        return true;
                    path[^1] = (null, path[^1].Index + 1);
                }
                path.RemoveAt(path.Count - 1);
                return false;
            case JsonValueKind.String:
                if (IsPlain(JsonMarshal.GetRawUtf8Value(element)))
                    return false;
                if (TextOf(element) is not { } text)
                    return true;
                Note(text.Contains('\0'), Nul);
                return false;
            case JsonValueKind.Number:
                Note(!FitsDouble(element.GetRawText()), Beyond);
                return false;
            default:
                return false;
        }
    }

    /// <summary>Text without an escape holds neither U+0000 nor, if it is UTF-8, half a surrogate pair: no string is made of it.</summary>
    static bool IsPlain(ReadOnlySpan<byte> raw) => !raw.Contains((byte)'\\') && Utf8.IsValid(raw);

    void Note(bool isFault, string text)
    {
        if (isFault && Unstorable.Count < FaultsAtMost)
            (unstorable ??= [])[Field] = [text];
    }

    static bool FitsDouble(string raw)
    {
        var e = raw.IndexOfAny(['e', 'E']);
        var mantissa = e < 0 ? raw.AsSpan() : raw.AsSpan(0, e);
        var value = double.Parse(raw, CultureInfo.InvariantCulture);
        var vanished = value == 0 && mantissa.IndexOfAnyInRange('1', '9') >= 0;
        return double.IsFinite(value) && !vanished;
    }

    // The framework's only way to say that text holds half a surrogate pair is this exception.
    static string? TextOf(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Null when it is no Unicode.</summary>
    public static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
