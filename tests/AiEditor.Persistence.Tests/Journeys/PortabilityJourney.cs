using System.Text.Json;
using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Journeys;

/// <summary>Everything real that we have is made into sessions, and each of them goes out, in again, and out.</summary>
public sealed class PortabilityJourney
{
    const int BatchAtMost = 500;
    static readonly ParallelOptions Four = new() { MaxDegreeOfParallelism = 4 };

    [Test]
    public async Task Every_conversation_comes_back_as_it_went() =>
        await RoundTripAsync(
            RealData.Read("conversations.ndjson"),
            conversation => Text(conversation, "title"),
            conversation =>
                conversation
                    .GetProperty("messages")
                    .EnumerateArray()
                    .Select(m =>
                        (object)
                            new
                            {
                                type = "save_message",
                                role = Text(m, "role"),
                                content = Text(m, "content"),
                            }
                    ),
            conversation => (conversation.GetProperty("messages").GetArrayLength(), 0, 0)
        );

    [Test]
    public async Task Every_component_with_its_history_comes_back_as_it_went() =>
        await RoundTripAsync(
            RealData.Read("components.ndjson"),
            component => Text(component, "name"),
            component =>
            {
                var key = Guid.NewGuid();
                var history = component.TryGetProperty("history", out var versions)
                    ? versions.EnumerateArray().ToArray()
                    : [component];
                return history.Select(
                    (version, i) =>
                        i == 0
                            ? (object)
                                new
                                {
                                    key,
                                    type = "save_component",
                                    name = Text(component, "name"),
                                    component_type = Text(component, "component_type"),
                                    jsx_code = Text(version, "jsx_code"),
                                    css_code = Text(version, "css_code"),
                                }
                            : new
                            {
                                type = "update_component",
                                item_client_id = key,
                                jsx_code = Text(version, "jsx_code"),
                                css_code = Text(version, "css_code"),
                            }
                );
            },
            component => (0, 1, SupersededVersions(component))
        );

    /// <summary>A step of a history that changes nothing makes no version.</summary>
    static int SupersededVersions(JsonElement component)
    {
        if (!component.TryGetProperty("history", out var history))
            return 0;
        var steps = history.EnumerateArray().Select(v => (Text(v, "jsx_code"), Text(v, "css_code"))).ToArray();
        return steps.Zip(steps.Skip(1)).Count(step => step.First != step.Second);
    }

    static async Task RoundTripAsync(
        IReadOnlyList<JsonElement> all,
        Func<JsonElement, string> title,
        Func<JsonElement, IEnumerable<object>> operations,
        Func<JsonElement, (int Messages, int Components, int Versions)> rows
    )
    {
        var user = Actor.New();
        var lines = 0;
        await Parallel.ForEachAsync(
            all,
            Four,
            async (one, _) =>
            {
                var session = await user.SessionPath(title(one));
                var id = long.Parse(session.Split('/')[^1]);
                foreach (var some in operations(one).Select(o => At(o, id)).Chunk(BatchAtMost))
                {
                    var batch = await user.Post("/v1/batch", new { operations = some });
                    Assert.That(batch.Status, Is.EqualTo(200), batch.Text);
                    var results = batch.Json.GetProperty("results").EnumerateArray().ToArray();
                    Assert.That(results, Has.Length.EqualTo(some.Length));
                    Assert.That(
                        results.Select(r => r.GetProperty("verdict").GetString()),
                        Is.All.EqualTo("applied"),
                        batch.Text
                    );
                }
                var original = await Archive.ExportAsync(user, session);
                var import = await user.Post("/v1/sessions/import", Archive.Content(original.Bytes()));
                Assert.That(import.Status, Is.EqualTo(201), import.Text);
                var copy = await Archive.ExportAsync(user, import.Headers["Location"]);
                Assert.That(copy.Comparable(), Is.EqualTo(original.Comparable()));
                Assert.That(
                    (
                        copy.OfType("message").Count(),
                        copy.OfType("component").Count(),
                        copy.OfType("component_version").Count()
                    ),
                    Is.EqualTo(rows(one))
                );
                Interlocked.Add(ref lines, copy.Lines.Count);
            }
        );
        TestContext.Out.WriteLine($"{all.Count} sessions, {lines} lines");
        Assert.That(lines, Is.GreaterThan(3 * all.Count));
    }

    static Dictionary<string, object?> At(object operation, long sessionId)
    {
        var members = operation.GetType().GetProperties().ToDictionary(p => p.Name, p => p.GetValue(operation));
        members["session_id"] = sessionId;
        return members;
    }

    static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
