using System.Runtime.InteropServices;
using System.Text.Json;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>A request's JSON, read once and for good: the document, the hash of its canonical form, and its unstorable values.</summary>
public sealed class StrictBody
{
    StrictBody(JsonElement root, IReadOnlyDictionary<string, string[]> unstorable) =>
        (Root, Unstorable) = (root, unstorable);

    public JsonElement Root { get; }

    /// <summary>Fields whose values no column can hold, and why.</summary>
    public IReadOnlyDictionary<string, string[]> Unstorable { get; }

    /// <summary>SHA-256 of the canonical form. Taken late: what a slice refuses need not be sorted and spelt anew.</summary>
    public byte[] Hash => field ??= CanonicalJson.Hash(Root);

    /// <summary>What it weighs, in UTF-8.</summary>
    public int Bytes => JsonMarshal.GetRawUtf8Value(Root).Length;

    /// <summary>Text that is not strict JSON, or no object, gives the problem instead.</summary>
    public static (StrictBody? Body, Problem? Problem) Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            // Not disposed: the elements live as long as the request, and nobody downstream can say when that ends.
            return Read(JsonDocument.Parse(utf8, Wire.Strict).RootElement);
        }
        catch (InvalidOperationException)
        {
            // The search for duplicates reads names, and cannot say otherwise that one holds half a surrogate pair.
            return (null, Problem.Malformed("A member's name holds a lone surrogate, which is no Unicode."));
        }
        catch (JsonException e)
        {
            return (null, NotStrict(e));
        }
    }

    public static readonly Problem NoObject = Problem.Malformed("The body must be a JSON object.");

    public static Problem NotStrict(JsonException e) =>
        Problem.Malformed(
            $"The body is not strict JSON{Where(e)}: no duplicate members, at most {Wire.MaxDepth} levels, UTF-8."
        );

    public static (StrictBody? Body, Problem? Problem) Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return (null, NoObject);
        var inspection = new Inspection();
        return inspection.Unreadable(root)
            ? (null, Problem.Malformed("Text holds a lone surrogate, which is no Unicode.", inspection.Field))
            : (new StrictBody(root, inspection.Unstorable), null);
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

    /// <summary>The reader gives no place of a duplicate member.</summary>
    static string Where(JsonException e) =>
        e.LineNumber is { } line ? $" (line {line + 1}, byte {e.BytePositionInLine + 1})" : "";

    static string? Field(string? path) =>
        path is null or "$" ? null
        : path.StartsWith("$.", StringComparison.Ordinal) ? Cut(path[2..])
        : Cut(path);

    static string Cut(string path) => path[..Math.Min(path.Length, Inspection.FieldAtMost)];
}
