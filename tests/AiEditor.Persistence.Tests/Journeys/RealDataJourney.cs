using System.Collections.Concurrent;
using System.Text.Json;
using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Journeys;

/// <summary>Everything real that we have goes in, the service dies, and everything comes back byte for byte.</summary>
public sealed class RealDataJourney
{
    static readonly ParallelOptions Eight = new() { MaxDegreeOfParallelism = 8 };

    [Test]
    public async Task Every_conversation_survives_a_kill_byte_for_byte()
    {
        var conversations = RealData.Read("conversations.ndjson");
        var url = await TestCluster.CreateDatabaseAsync();
        var before = await Service.StartAsync(("DATABASE_URL", url));
        var user = Actor.New(before);
        var saved = new ConcurrentBag<(JsonElement Conversation, string Session)>();
        await Parallel.ForEachAsync(
            conversations,
            Eight,
            async (conversation, _) =>
            {
                var session = await user.SessionPath(Text(conversation, "title"));
                foreach (var message in conversation.GetProperty("messages").EnumerateArray())
                    await user.Message(session, Text(message, "content"), Text(message, "role"));
                saved.Add((conversation, session));
            }
        );

        await before.KillAsync();
        await before.DisposeAsync();
        await using var after = await Service.StartAsync(("DATABASE_URL", url));
        user = user.At(after);

        Assert.That(saved, Has.Count.EqualTo(conversations.Count));
        await Parallel.ForEachAsync(
            saved,
            Eight,
            async (pair, _) =>
            {
                var loaded = (await user.Get($"{pair.Session}?limit=1000")).Json;
                var said = pair
                    .Conversation.GetProperty("messages")
                    .EnumerateArray()
                    .Select(m => (Text(m, "role"), Text(m, "content")))
                    .ToArray();
                var kept = loaded
                    .GetProperty("messages")
                    .EnumerateArray()
                    .Select(m => (Text(m, "role"), Text(m, "content")))
                    .ToArray();
                Assert.That(Text(loaded.GetProperty("session"), "title"), Is.EqualTo(Text(pair.Conversation, "title")));
                Assert.That(kept, Is.EqualTo(said));
                Assert.That(
                    loaded.GetProperty("session").GetProperty("revision").GetInt64(),
                    Is.EqualTo(said.Length + 1)
                );
            }
        );
    }

    [Test]
    public async Task Every_component_with_all_its_versions_survives_a_kill_byte_for_byte()
    {
        var components = RealData.Read("components.ndjson");
        var url = await TestCluster.CreateDatabaseAsync();
        var before = await Service.StartAsync(("DATABASE_URL", url));
        var user = Actor.New(before);
        var saved = new ConcurrentBag<(JsonElement Component, string Path)>();
        await Parallel.ForEachAsync(
            components,
            Eight,
            async (component, _) =>
            {
                var session = await user.SessionPath(Text(component, "name"));
                var versions = Versions(component);
                var first = await user.Post(
                    $"{session}/components",
                    new
                    {
                        name = Text(component, "name"),
                        jsx_code = versions[0].Jsx,
                        css_code = versions[0].Css,
                        component_type = Text(component, "component_type"),
                    }
                );
                Assert.That(first.Status, Is.EqualTo(201), first.Text);
                var path = first.Headers["Location"];
                for (var v = 1; v < versions.Length; v++)
                {
                    var next = await user.Patch(
                        path,
                        new { jsx_code = versions[v].Jsx, css_code = versions[v].Css },
                        ("If-Match", $"\"{v}\"")
                    );
                    Assert.That((next.Status, next.Headers["ETag"]), Is.EqualTo((200, $"\"{v + 1}\"")), next.Text);
                }
                saved.Add((component, path));
            }
        );

        await before.KillAsync();
        await before.DisposeAsync();
        await using var after = await Service.StartAsync(("DATABASE_URL", url));
        user = user.At(after);

        Assert.That(saved, Has.Count.EqualTo(components.Count));
        await Parallel.ForEachAsync(
            saved,
            Eight,
            async (pair, _) =>
            {
                var versions = Versions(pair.Component);
                var now = (await user.Get(pair.Path)).Json;
                Assert.That((Text(now, "jsx_code"), Text(now, "css_code")), Is.EqualTo(versions[^1]));
                Assert.That(
                    (Text(now, "name"), Text(now, "component_type")),
                    Is.EqualTo((Text(pair.Component, "name"), Text(pair.Component, "component_type")))
                );
                Assert.That(now.GetProperty("is_current").GetBoolean(), Is.True);
                for (var v = 1; v <= versions.Length; v++)
                {
                    var version = (await user.Get($"{pair.Path}/versions/{v}")).Json;
                    Assert.That((Text(version, "jsx_code"), Text(version, "css_code")), Is.EqualTo(versions[v - 1]));
                }
                Assert.That(
                    (await user.Get($"{pair.Path}/versions")).Json.GetProperty("items").GetArrayLength(),
                    Is.EqualTo(versions.Length)
                );
            }
        );
    }

    static (string Jsx, string Css)[] Versions(JsonElement component) =>
        component.TryGetProperty("history", out var history)
            ? [.. history.EnumerateArray().Select(v => (Text(v, "jsx_code"), Text(v, "css_code")))]
            : [(Text(component, "jsx_code"), Text(component, "css_code"))];

    static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
