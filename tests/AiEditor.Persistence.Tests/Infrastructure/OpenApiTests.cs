using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Infrastructure;

/// <summary>
/// The committed openapi.json is the served one, linters find nothing in it, and clients generated from it work.
/// After a change to the contract, UPDATE_OPENAPI=1 writes the file anew; its diff is the change that clients see.
/// </summary>
public sealed class OpenApiTests
{
    const string Tools = "tests/openapi";
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
    static readonly Npm Npm = new(Tools, "the document was neither linted nor made into a TypeScript client");

    [Test]
    public async Task The_committed_document_is_the_one_that_is_served()
    {
        var served = JsonNode.Parse(await Service.Main.Http.GetStringAsync("/openapi/v1.json"))!;
        var file = Repository.PathOf("openapi.json");
        if (Environment.GetEnvironmentVariable("UPDATE_OPENAPI") == "1")
        {
            await File.WriteAllTextAsync(file, served.ToJsonString(Readable) + "\n");
            // Asked to write, not to compare: there is nothing left to hold against it.
            Assert.Pass("openapi.json was written anew; commit it.");
        }

        var committed = JsonNode.Parse(await File.ReadAllTextAsync(file))!;

        Assert.That(
            Differences(committed, served, "").Take(20),
            Is.Empty,
            "openapi.json is not what the service serves; write it anew with UPDATE_OPENAPI=1"
        );
    }

    [Test]
    public async Task Everyone_may_read_the_document_and_the_page_that_shows_it()
    {
        using var document = await Service.Main.Http.GetAsync("/openapi/v1.json");
        using var page = await Service.Main.Http.GetAsync("/docs");

        Assert.That(document.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/json"));
        Assert.That(page.Content.Headers.ContentType?.MediaType, Is.EqualTo("text/html"));
        // Here, not at the end of a redirect.
        Assert.That(page.RequestMessage?.RequestUri?.AbsolutePath, Is.EqualTo("/docs"));
    }

    [Test]
    public async Task Every_operation_has_a_summary_a_description_and_says_who_may_ask()
    {
        var document = JsonNode.Parse(await Service.Main.Http.GetStringAsync("/openapi/v1.json"))!;
        var operations = document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject()).Select(o => o.Value!);

        foreach (var operation in operations)
        {
            var name = operation["operationId"]!.GetValue<string>();
            var isOpen = operation["tags"]![0]!.GetValue<string>() == "Health";
            Assert.That(operation["summary"], Is.Not.Null, name);
            Assert.That(operation["description"], Is.Not.Null, name);
            Assert.That(operation["security"]!.AsArray(), isOpen ? Is.Empty : Is.Not.Empty, name);
            Assert.That(operation["responses"]!.AsObject().ContainsKey("401"), Is.EqualTo(!isOpen), name);
        }
    }

    [TestCase("/v1/sessions/{sessionId}/events", "Last-Event-ID")]
    [TestCase("/v1/sessions/{sessionId}/attachments/{sha256}", "Range")]
    [TestCase("/v1/sessions/{sessionId}/attachments/{sha256}", "If-None-Match")]
    [TestCase("/v1/sessions/{sessionId}", "If-None-Match")]
    public async Task The_headers_that_an_answer_depends_on_are_described(string path, string header)
    {
        var document = JsonNode.Parse(await Service.Main.Http.GetStringAsync("/openapi/v1.json"))!;

        var parameters = document["paths"]![path]!["get"]!["parameters"]!.AsArray();

        Assert.That(
            parameters.Where(p => (string?)p!["in"] == "header").Select(p => (string?)p!["name"]),
            Has.Member(header)
        );
    }

    [Test]
    public async Task The_walk_through_shows_every_operation()
    {
        var document = JsonNode.Parse(await Service.Main.Http.GetStringAsync("/openapi/v1.json"))!;
        var walkThrough = await File.ReadAllTextAsync(Repository.PathOf("requests.http"));

        var names = document["paths"]!
            .AsObject()
            .SelectMany(p => p.Value!.AsObject())
            .Select(o => o.Value!["operationId"]!.GetValue<string>());

        Assert.That(
            names.Where(n => !walkThrough.Contains($"### {n}", StringComparison.Ordinal)),
            Is.Empty,
            "requests.http misses these"
        );
    }

    [Test]
    public async Task Redocly_and_Spectral_find_nothing()
    {
        await Npm.InstallAsync();

        var (exitCode, output) = await Npm.RunAsync(
            ["run", "lint"],
            ("REDOCLY_TELEMETRY", "off"),
            ("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
        );

        Assert.That(exitCode, Is.Zero, output);
    }

    [Test]
    public async Task A_generated_TypeScript_client_makes_a_session_and_loads_it_back()
    {
        await Npm.InstallAsync();
        var (generated, generating) = await Npm.RunAsync(["run", "client"]);
        Assert.That(generated, Is.Zero, generating);

        var (exitCode, output) = await Repository.RunAsync(Tools, ["node", "dist/make-session.js"], Patience, Caller());

        Assert.That(exitCode, Is.Zero, output);
        Assert.That(output, Does.Match("^session [0-9]+ at revision 2"));
    }

    [Test]
    public async Task A_generated_CSharp_client_makes_a_session_and_loads_it_back()
    {
        // Without the servers that a build leaves running for the next one.
        string[] command = ["dotnet", "run", "--property:UseSharedCompilation=false"];

        var (exitCode, output) = await Repository.RunAsync(
            $"{Tools}/csharp",
            command,
            Patience,
            [.. Caller(), ("MSBUILDDISABLENODEREUSE", "1")]
        );

        Assert.That(exitCode, Is.Zero, output);
        Assert.That(output, Does.Match("session [0-9]+ at revision 2"));
    }

    static (string, string?)[] Caller() =>
        [("TOKEN", Actor.Token(Actor.New().UserId)), ("SERVICE_URL", Service.Main.Address.ToString())];

    static IEnumerable<string> Differences(JsonNode? committed, JsonNode? served, string at)
    {
        if (JsonNode.DeepEquals(committed, served))
            return [];
        return (committed, served) switch
        {
            (JsonObject was, JsonObject now) => was.Select(m => m.Key)
                .Union(now.Select(m => m.Key))
                .SelectMany(name =>
                    Differences(was[name], now[name], $"{at}/{name.Replace("/", "~1", StringComparison.Ordinal)}")
                ),
            (JsonArray was, JsonArray now) when was.Count == now.Count => was.SelectMany(
                (item, i) => Differences(item, now[i], $"{at}/{i}")
            ),
            _ => [$"{at}: committed {Short(committed)}, served {Short(served)}"],
        };
    }

    static string Short(JsonNode? node) =>
        node?.ToJsonString() is not { } text ? "nothing"
        : text.Length > 80 ? text[..80] + "..."
        : text;
}
