using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>
/// An archive of more than 200 MiB with files, messages and components with versions, made while it is sent and compared
/// while it is read, so that the test, too, never holds it whole.
/// </summary>
sealed class LargeArchive : HttpContent
{
    const int Files = 6;
    const int FileBytes = 10 * 1024 * 1024;
    const int PieceBytes = 256 * 1024;
    const int Messages = 60;
    const int Components = 30;

    /// <summary>What its import answers.</summary>
    public const string Counts =
        """{"sessions":1,"attachments":6,"messages":60,"components":30,"component_versions":10,"interactions":0,"skipped":[]}""";

    readonly bool isCut;

    public LargeArchive(bool isCut = false)
    {
        this.isCut = isCut;
        Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
    }

    /// <summary>Of what was sent, but for ids and revisions.</summary>
    public string Sha256 { get; private set; } = "";

    /// <summary>How much came back, and its hash but for ids and revisions.</summary>
    public static async Task<(long Bytes, string Sha256)> ReadAsync(Stream archive)
    {
        var (bytes, hash) = (0L, new Hash());
        using var reader = new StreamReader(archive);
        while (await reader.ReadLineAsync() is { } line)
        {
            bytes += line.Length + 1;
            hash.Add(JsonNode.Parse(line)!.AsObject());
        }
        return (bytes, hash.End());
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        using var before = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var hash = new Hash();
        foreach (var line in Lines())
        {
            var text = Text(line);
            before.AppendData(text);
            hash.Add(line);
            await stream.WriteAsync(text);
        }
        if (isCut)
            return;
        var end = new JsonObject
        {
            ["type"] = "end",
            ["counts"] = new JsonObject
            {
                ["attachments"] = Files,
                ["messages"] = Messages,
                ["components"] = Components,
                ["component_versions"] = Components / 3,
                ["interactions"] = 0,
            },
            ["sha256"] = Convert.ToHexStringLower(before.GetHashAndReset()),
        };
        hash.Add(end);
        Sha256 = hash.End();
        await stream.WriteAsync(Text(end));
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    static IEnumerable<JsonObject> Lines()
    {
        yield return new JsonObject { ["format"] = "ai-editor-session", ["version"] = 1 };
        yield return Line(
            "session",
            ("client_id", Guid.NewGuid()),
            ("title", "Large"),
            ("description", null),
            ("is_active", true),
            ("created_at", At),
            ("updated_at", At)
        );
        var files = Enumerable.Range(0, Files).Select(Bytes).OrderBy(Name, StringComparer.Ordinal).ToArray();
        foreach (var file in files)
        {
            yield return Line("attachment", ("sha256", Name(file)), ("content_type", "image/png"), ("size", FileBytes));
            for (var at = 0; at < FileBytes; at += PieceBytes)
                yield return Line("bytes", ("base64", Convert.ToBase64String(file, at, PieceBytes)));
        }
        for (var i = 0; i < Messages; i++)
            yield return Line(
                "message",
                ("client_id", Guid.NewGuid()),
                ("role", i % 2 == 0 ? "user" : "assistant"),
                ("content", Code(i)),
                ("message_type", "text"),
                ("metadata", new JsonObject { ["n"] = i }),
                ("attachments", i < Files ? Named(files[i]) : new JsonArray()),
                ("created_at", At)
            );
        for (var i = 0; i < Components; i++)
        {
            var hasVersion = i % 3 == 0;
            yield return Line(
                "component",
                ("client_id", Guid.NewGuid()),
                ("version", hasVersion ? 2 : 1),
                ("version_created_at", At),
                ("name", $"{i}"),
                ("jsx_code", Code(i)),
                ("css_code", Code(i + 1)),
                ("component_type", "component"),
                ("is_current", i == Components - 1),
                ("metadata", new JsonObject()),
                ("created_at", At),
                ("updated_at", At)
            );
            if (hasVersion)
                yield return Line(
                    "component_version",
                    ("version", 1),
                    ("name", $"{i}"),
                    ("jsx_code", Code(i + 2)),
                    ("css_code", ""),
                    ("component_type", "component"),
                    ("metadata", new JsonObject()),
                    ("created_at", At)
                );
        }
    }

    const string At = "2025-01-01T00:00:00Z";

    static JsonObject Line(string type, params (string Name, JsonNode? Value)[] members)
    {
        var line = new JsonObject { ["type"] = type };
        foreach (var (name, value) in members)
            line[name] = value;
        return line;
    }

    static JsonArray Named(byte[] file) =>
        [
            new JsonObject
            {
                ["sha256"] = Name(file),
                ["name"] = "a.png",
                ["content_type"] = "image/png",
                ["size"] = FileBytes,
            },
        ];

    /// <summary>The same whenever it is asked for, and incompressible, as pictures are.</summary>
    static byte[] Bytes(int seed)
    {
        var bytes = new byte[FileBytes];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    static string Code(int i) => new((char)('a' + i % 26), 1_000_000);

    static string Name(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    static byte[] Text(JsonObject line) => Encoding.UTF8.GetBytes(line.ToJsonString(Options) + "\n");

    static readonly JsonSerializerOptions Options = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Of lines as they may be written in any order of members, and of files in pieces of any size.</summary>
    sealed class Hash
    {
        readonly IncrementalHash sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public void Add(JsonObject line)
        {
            if ((string?)line["type"] == "bytes")
                sha256.AppendData(Convert.FromBase64String((string)line["base64"]!));
            else
                sha256.AppendData(
                    Text(
                        new JsonObject(
                            line.Where(m => m.Key is not ("id" or "revision") && !IsHashOfTheWhole(line, m.Key))
                                .OrderBy(m => m.Key, StringComparer.Ordinal)
                                .Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone()))
                        )
                    )
                );
        }

        public string End() => Convert.ToHexStringLower(sha256.GetHashAndReset());

        static bool IsHashOfTheWhole(JsonObject line, string name) =>
            name == "sha256" && (string?)line["type"] == "end";
    }
}
