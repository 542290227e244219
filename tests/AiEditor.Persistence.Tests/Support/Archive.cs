using System.IO.Compression;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>An exported session as a test looks at it: its lines, and what of them may differ after an import.</summary>
sealed class Archive(IEnumerable<string> lines)
{
    public List<JsonObject> Lines { get; } = [.. lines.Select(l => JsonNode.Parse(l)!.AsObject())];

    public static Archive Of(byte[] bytes)
    {
        Assert.That(bytes[^1], Is.EqualTo((byte)'\n'));
        return new Archive(Encoding.UTF8.GetString(bytes).TrimEnd('\n').Split('\n'));
    }

    public static async Task<Archive> ExportAsync(Actor user, string session)
    {
        var (status, _, bytes) = await user.Download($"{session}/export");
        Assert.That(status, Is.EqualTo(200));
        return Of(bytes);
    }

    public IEnumerable<JsonObject> OfType(string type) => Lines.Where(l => (string?)l["type"] == type);

    public JsonObject The(string type) => OfType(type).First();

    /// <summary>The file, with an end that is right for what stands before it.</summary>
    public byte[] Bytes()
    {
        var before = Text(Lines.SkipLast(1));
        Lines[^1]["sha256"] = Convert.ToHexStringLower(SHA256.HashData(before));
        return [.. before, .. Text([Lines[^1]])];
    }

    /// <summary>Everything but ids and revisions, and the hash that depends on them.</summary>
    public string[] Comparable()
    {
        var copies = Lines.Select(l => l.DeepClone().AsObject()).ToArray();
        foreach (var line in copies)
        foreach (var name in (string[])["id", "revision"])
            line.Remove(name);
        copies[^1].Remove("sha256");
        return [.. copies.Select(l => l.ToJsonString())];
    }

    public static HttpContent Content(byte[] bytes, string mediaType = "application/x-ndjson") =>
        new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } };

    /// <summary>Packed, however often it is repeated.</summary>
    public static HttpContent Gzip(byte[] bytes, int times = 1)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            for (var i = 0; i < times; i++)
                gzip.Write(bytes);
        var content = Content(packed.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }

    static byte[] Text(IEnumerable<JsonObject> lines) =>
        Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l.ToJsonString(Options) + "\n")));

    static readonly JsonSerializerOptions Options = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
