using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>A request's JSON, read once and for good: the document, the hash of its canonical form, and its unstorable values.</summary>
public sealed record StrictBody(JsonElement Root, byte[] Hash, IReadOnlyDictionary<string, string[]> Unstorable)
{
    /// <summary>What it weighs, in UTF-8.</summary>
    public int Bytes => JsonMarshal.GetRawUtf8Value(Root).Length;

    static readonly IReadOnlyDictionary<string, string[]> None = new Dictionary<string, string[]>();

    /// <summary>Text that is not strict JSON, or no object, gives the problem instead.</summary>
    public static (StrictBody? Body, Problem? Problem) Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            // Not disposed: its memory is the request's own buffer, and the elements live as long as the request.
            return Read(JsonDocument.Parse(utf8, Wire.Strict).RootElement);
        }
        catch (InvalidOperationException)
        {
            // The search for duplicates reads names, and cannot say otherwise that one holds half a surrogate pair.
            return (null, Problem.Malformed("A member's name holds a lone surrogate, which is no Unicode."));
        }
        catch (JsonException e)
        {
            return (
                null,
                Problem.Malformed(
                    $"The body is not strict JSON ({Where(e)}): no duplicate members, at most {Wire.MaxDepth} levels, UTF-8."
                )
            );
        }
    }

    public static (StrictBody? Body, Problem? Problem) Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return (null, Problem.Malformed("The body must be a JSON object."));
        var unstorable = new Dictionary<string, string[]>();
        if (LoneSurrogate(root, "", unstorable) is { } field)
            return (null, Problem.Malformed("Text holds a lone surrogate, which is no Unicode.", field));
        // Hashed last: a number that no double can hold may also have an exponent that no integer can.
        return (
            new StrictBody(
                root,
                unstorable.Count == 0 ? CanonicalJson.Hash(root) : [],
                unstorable.Count == 0 ? None : unstorable
            ),
            null
        );
    }

    /// <summary>The body as a slice's request; a member that is unknown or of the wrong type gives the problem instead.</summary>
    public (T? Request, Problem? Problem) As<T>()
        where T : class
    {
        try
        {
            return (Root.Deserialize<T>(Wire.Requests)!, null);
        }
        catch (JsonException e)
        {
            var field = Field(e.Path);
            return (
                null,
                Problem.Malformed(
                    field is null ? "The body has an unknown member." : "Unknown, or of the wrong JSON type.",
                    field
                )
            );
        }
    }

    /// <summary>Walks everything once. The path ends at metadata, which is one field to its sender however deep it goes.</summary>
    static string? LoneSurrogate(JsonElement element, string path, Dictionary<string, string[]> unstorable)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    if (NameOf(member) is not { } name)
                        return path.Length == 0 ? "(member name)" : path;
                    if (name.Contains('\0'))
                        unstorable[path.Length == 0 ? "(member name)" : path] = ["must not contain U+0000"];
                    var below =
                        InsideMetadata(path) ? path
                        : path.Length == 0 ? name
                        : $"{path}.{name}";
                    if (LoneSurrogate(member.Value, below, unstorable) is { } found)
                        return found;
                }
                return null;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray())
                    if (
                        LoneSurrogate(item, InsideMetadata(path) ? path : $"{path}[{index++}]", unstorable) is { } found
                    )
                        return found;
                return null;
            case JsonValueKind.String:
                if (TextOf(element) is not { } text)
                    return path;
                if (text.Contains('\0'))
                    unstorable[path] = ["must not contain U+0000"];
                return null;
            case JsonValueKind.Number when !FitsDouble(element.GetRawText()):
                unstorable[path] = ["holds a number beyond the range of a double"];
                return null;
            default:
                return null;
        }
    }

    static bool InsideMetadata(string path) =>
        path == "metadata" || path.EndsWith(".metadata", StringComparison.Ordinal);

    static bool FitsDouble(string raw)
    {
        var value = double.Parse(raw, CultureInfo.InvariantCulture);
        return double.IsFinite(value)
            && (value != 0 || raw.AsSpan(0, End(raw)).IndexOfAnyInRange('1', '9') < 0)
            && ExponentIsSane(raw);
    }

    static int End(string raw) => raw.IndexOfAny(['e', 'E']) is >= 0 and var e ? e : raw.Length;

    /// <summary>Zero to the power of anything is zero, yet nobody means 0e99999999999.</summary>
    static bool ExponentIsSane(string raw) => raw.Length - End(raw) <= 8;

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

    static string? NameOf(JsonProperty member)
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

    static string Where(JsonException e) => $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";

    static string? Field(string? path) =>
        path is null or "$" ? null
        : path.StartsWith("$.", StringComparison.Ordinal) ? path[2..]
        : path;
}
