using System.Diagnostics;
using System.Text.Json.Nodes;
using AiEditor.Persistence.Tests.Support;
using Dapper;

namespace AiEditor.Persistence.Tests.Journeys;

/// <summary>
/// Three devices of one user work on ten sessions through two instances, go offline and come back, lose answers, and
/// have their batches delivered twice, late and in parts. In the end all hold what the server holds.
/// </summary>
public sealed class SyncJourney
{
    const int Devices = 3;
    const int Sessions = 10;
    static readonly TimeSpan Duration = TimeSpan.FromSeconds(60);

    /// <summary>For what must come to an end once the network is well again.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Each must have been given, or the journey has not been where it was to go.</summary>
    static readonly string[] Verdicts = ["applied", "replayed", "merged", "conflict", "rejected"];

    static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("SEED"), out var given)
        ? given
        : Random.Shared.Next();

    readonly List<string> sent = [];
    readonly SemaphoreSlim turns = new(0);
    volatile bool healed;
    long requests;
    long lost;

    [Test]
    public async Task Devices_that_were_away_end_with_the_digest_of_the_server()
    {
        TestContext.Out.WriteLine($"SEED={Seed}");
        var url = await TestCluster.CreateDatabaseAsync();
        await using var one = await Service.StartAsync(("DATABASE_URL", url));
        await using var two = await Service.StartAsync(("DATABASE_URL", url));
        var user = Actor.New(one);
        Actor[] doors = [user, user.At(two)];
        var sessions = await Task.WhenAll(
            Enumerable.Range(0, Sessions).Select(async i => Id(await user.SessionPath($"{i}")))
        );
        var devices = Enumerable
            .Range(0, Devices)
            .Select(i =>
            {
                var random = new Random(Seed + i);
                return new Device((method, path, body) => DeliverAsync(doors, random, method, path, body));
            })
            .ToArray();

        var start = Stopwatch.GetTimestamp();
        long[] AllSessions() => [.. sessions, .. devices.SelectMany(d => d.Made).Distinct()];
        bool IsOver() => Stopwatch.GetElapsedTime(start) > Duration;
        await Task.WhenAll([
            .. devices.Select((device, i) => LiveAsync(device, AllSessions, new Random(Seed + 100 + i), IsOver)),
            RepeatAsync(doors, new Random(Seed + 200), IsOver),
        ]);
        healed = true;
        foreach (var device in devices)
            await Until.TrueAsync(
                async () =>
                {
                    await device.FlushAsync(100);
                    return device.Waiting == 0;
                },
                $"all that a device had done was sent, SEED={Seed}",
                Patience
            );

        var all = AllSessions();
        var inTrash = 0;
        foreach (var session in all)
        foreach (var door in doors)
        {
            var digest = await door.Get($"/v1/sessions/{session}/digest");
            inTrash += digest.Status == 404 ? 1 : 0;
            foreach (var device in devices)
            {
                await Until.TrueAsync(
                    () => device.CatchUpAsync(session, 500, 10),
                    $"a device stood at the head of session {session}, SEED={Seed}",
                    Patience
                );
                Assert.That(
                    device.Digest(session),
                    Is.EqualTo(digest.Status == 404 ? null : digest.Json.GetProperty("sha256").GetString()),
                    $"session {session}, SEED={Seed}"
                );
                Assert.That(device.CurrentComponents(session), Is.LessThanOrEqualTo(1));
            }
        }
        await using var behind = await TestCluster.OpenAsync(url);
        var journal = (
            await behind.QueryAsync<(string Key, long SessionId, long Revision)>(
                "select key::text, session_id, revision from session_journal"
            )
        ).ToArray();
        Assert.That(journal.Select(j => j.Key), Is.Unique);
        foreach (var of in journal.GroupBy(j => j.SessionId))
            Assert.That(of.Select(j => j.Revision).Order(), Is.EqualTo(Enumerable.Range(1, of.Count())));
        var keys = journal.Select(j => j.Key).ToHashSet();
        Assert.That(devices.SelectMany(d => d.Applied).Where(k => !keys.Contains(k)), Is.Empty);
        var verdicts = devices
            .SelectMany(d => d.Verdicts)
            .GroupBy(v => v.Key)
            .ToDictionary(g => g.Key, g => g.Sum(v => v.Value));
        TestContext.Out.WriteLine(
            $"{requests} requests, {lost} of them or their answers lost; {all.Length} sessions, {inTrash / doors.Length} in the trash; {journal.Length} mutations; {string.Join(", ", verdicts.Select(v => $"{v.Key} {v.Value}").Order())}"
        );
        Assert.That(verdicts.Keys, Is.SupersetOf(Verdicts), $"SEED={Seed}");
        Assert.That(inTrash, Is.InRange(1, doors.Length * all.Length - 1), $"SEED={Seed}");
        Assert.That(devices.Select(d => d.Applied.Count), Is.All.GreaterThan(100));
    }

    /// <summary>A network: what is sent may never arrive, arrive twice at once, or be answered into the void.</summary>
    async Task<Answer?> DeliverAsync(Actor[] doors, Random random, HttpMethod method, string path, string? body)
    {
        var door = doors[random.Next(doors.Length)];
        var fate = healed ? 1 : random.NextDouble();
        Interlocked.Increment(ref requests);
        if (body is not null)
        {
            lock (sent)
                sent.Add(body);
            turns.Release();
        }
        if (fate < 0.1)
        {
            Interlocked.Increment(ref lost);
            return null;
        }
        var arriving = door.Send(method, path, body);
        if (fate is > 0.2 and < 0.3)
            await door.Send(method, path, body);
        var answer = await arriving;
        if (fate > 0.2)
            return answer;
        Interlocked.Increment(ref lost);
        return null;
    }

    /// <summary>Delivers again what was sent before, whole or in parts, in any order; once for each turn of a device.</summary>
    async Task RepeatAsync(Actor[] doors, Random random, Func<bool> isOver)
    {
        while (!isOver())
        {
            if (!await turns.WaitAsync(TimeSpan.FromSeconds(1)))
                continue;
            string before;
            lock (sent)
                before = sent[random.Next(sent.Count)];
            var operations = JsonNode.Parse(before)!["operations"]!.AsArray();
            var part = operations.Where(_ => random.Next(3) > 0).OrderBy(_ => random.Next()).ToArray();
            if (part.Length > 0)
                await doors[random.Next(doors.Length)]
                    .Post(
                        "/v1/batch",
                        $$"""{"operations": [{{string.Join(",", part.Select(o => o!.ToJsonString()))}}]}"""
                    );
        }
    }

    static async Task LiveAsync(Device device, Func<long[]> all, Random random, Func<bool> isOver)
    {
        while (!isOver())
        {
            var sessions = all();
            var isOffline = random.Next(4) == 0;
            var rounds = random.Next(5, 30);
            for (var round = 0; round < rounds && !isOver(); round++)
            {
                for (var i = random.Next(6); i > 0; i--)
                    foreach (var operation in Work(device, sessions[random.Next(sessions.Length)], random))
                        device.Do(operation);
                if (isOffline)
                    continue;
                await device.FlushAsync(random.Next(1, 60));
                await device.CatchUpAsync(
                    sessions[random.Next(sessions.Length)],
                    random.Next(1, 40),
                    random.Next(1, 4)
                );
            }
        }
    }

    /// <summary>Something a person might do next; what was made a moment ago is named by its key.</summary>
    static IEnumerable<JsonObject> Work(Device device, long session, Random random)
    {
        long Any(string kind) => device.Known(session, kind) is { Count: > 0 } ids ? ids[random.Next(ids.Count)] : 0;
        long Oldest(string kind) =>
            device.Known(session, kind) is { Count: > 0 } ids
                ? ids.Order().ElementAt(random.Next(Math.Min(2, ids.Count)))
                : 0;
        JsonObject Op(string type, params (string Name, JsonNode? Value)[] members)
        {
            var operation = new JsonObject
            {
                ["key"] = Guid.NewGuid().ToString(),
                ["type"] = type,
                ["session_id"] = session,
            };
            foreach (var (name, value) in members)
                operation[name] = value;
            return operation;
        }
        JsonObject On(string type, string kind, params (string, JsonNode?)[] members) =>
            Op(type, [("item_id", Any(kind)), .. members]);
        var text = $"text {random.Next(1000)}";
        // Rarely, for what is in the trash takes no more work.
        switch (random.Next(150))
        {
            case 0:
                var started = Op("create_session", ("title", text));
                started.Remove("session_id");
                yield return started;
                var first = Op("save_message", ("role", "user"), ("content", text));
                first.Remove("session_id");
                first["session_client_id"] = started["key"]!.GetValue<string>();
                yield return first;
                yield break;
            case 1:
                yield return Op("delete_session");
                yield break;
        }
        switch (random.Next(16))
        {
            case 0:
                yield return Op("update_session", ("description", text));
                break;
            case 1 or 2 or 3:
                yield return Op("save_message", ("role", "user"), ("content", text));
                break;
            case 4:
                yield return On("update_message", "message", ("content", text));
                break;
            case 5:
                yield return On("delete_message", "message");
                break;
            case 6 or 7:
                var made = Op(
                    "save_component",
                    ("name", text),
                    ("jsx_code", "one\ntwo\nthree\nfour\n"),
                    ("is_current", random.Next(2) == 0)
                );
                yield return made;
                yield return Op(
                    "update_component",
                    ("item_client_id", made["key"]!.GetValue<string>()),
                    ("css_code", text)
                );
                break;
            case 8 or 14 or 15:
                // Of the oldest few, where devices meet; in a line of its own, in another, or beside the code.
                var component = Oldest("component");
                (string, JsonNode?) edit = random.Next(3) switch
                {
                    0 => ("jsx_code", $"{text}\ntwo\nthree\nfour\n"),
                    1 => ("jsx_code", $"one\ntwo\nthree\n{text}\n"),
                    _ => ("metadata", new JsonObject { [text] = 1 }),
                };
                yield return Op(
                    "update_component",
                    ("item_id", component),
                    ("base_version", component == 0 ? 1 : device.VersionOf(session, component)),
                    ("on_conflict", random.Next(2) == 0 ? "merge" : null),
                    edit
                );
                break;
            case 9:
                yield return On("set_current_component", "component");
                break;
            case 10:
                yield return On("restore_component_version", "component", ("version", random.Next(1, 4)));
                break;
            case 11:
                yield return On("delete_component", "component");
                break;
            case 12:
                var interaction = Op(
                    "save_interaction",
                    ("prompt", text),
                    ("response", ""),
                    ("interaction_type", "edit")
                );
                yield return interaction;
                if (random.Next(3) == 0)
                    yield return Op("delete_interaction", ("item_client_id", interaction["key"]!.GetValue<string>()));
                break;
            default:
                yield return Op("save_message", ("role", "nobody"), ("content", ""));
                break;
        }
    }

    static long Id(string path) => long.Parse(path.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
}
