using System.Text.Json;
using System.Text.Json.Nodes;
using AiEditor.Persistence.Tests.Support;
using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Tests.Features;

public sealed class ApplyBatchTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task Every_type_of_operation_is_applied_in_order_with_what_was_made_named_by_its_key()
    {
        var (session, message, component, interaction) = (Key(), Key(), Key(), Key());
        var operations = new JsonObject[]
        {
            Op("create_session", session, ("title", "Offline")),
            In(session, "update_session", ("description", "Made on a train")),
            In(session, "save_message", message, ("role", "user"), ("content", "A button")),
            In(session, "update_message", ("item_client_id", message), ("content", "A red button")),
            In(session, "save_component", component, ("name", "Button"), ("jsx_code", "<b/>"), ("is_current", false)),
            In(session, "update_component", ("item_client_id", component), ("base_version", 1), ("jsx_code", "<i/>")),
            In(session, "set_current_component", ("item_client_id", component)),
            In(session, "restore_component_version", ("item_client_id", component), ("version", 1)),
            In(
                session,
                "save_interaction",
                interaction,
                ("prompt", "p"),
                ("response", ""),
                ("interaction_type", "edit")
            ),
            In(session, "delete_interaction", ("item_client_id", interaction)),
            In(session, "delete_component", ("item_client_id", component)),
            In(session, "delete_message", ("item_client_id", message)),
            In(session, "delete_session"),
        };

        var batch = await Apply(operations);

        Assert.That(batch.Status, Is.EqualTo(200), batch.Text);
        Assert.That(Verdicts(batch), Is.All.EqualTo("applied"), batch.Text);
        Assert.That(Revisions(batch), Is.EqualTo(Enumerable.Range(1, 13)));
        var results = batch.Json.GetProperty("results");
        Assert.That(results[3].GetProperty("resource").GetProperty("content").GetString(), Is.EqualTo("A red button"));
        Assert.That(results[7].GetProperty("resource").GetProperty("version").GetInt64(), Is.EqualTo(3));
        Assert.That(results[12].TryGetProperty("resource", out _), Is.False);
        var sessionId = results[0].GetProperty("resource").GetProperty("id").GetInt64();
        Assert.That((await user.Get($"/v1/sessions/{sessionId}")).Status, Is.EqualTo(404));
        Assert.That((await user.Post($"/v1/sessions/{sessionId}/restore")).Revision, Is.EqualTo(14));
    }

    [Test]
    public async Task What_an_earlier_batch_or_request_made_is_named_by_its_key_too()
    {
        var (session, message) = (Key(), Key());
        await Apply(Op("create_session", session, ("title", "First")));
        await Apply(In(session, "save_message", message, ("role", "user"), ("content", "1")));
        var single = await user.Post("/v1/sessions", new { title = "Single" });
        var singleKey = single.Headers["Idempotency-Key"];

        var batch = await Apply(
            In(session, "update_message", ("item_client_id", message), ("content", "2")),
            In(singleKey, "save_message", ("role", "user"), ("content", "there")),
            // An item is found in its own session only.
            In(singleKey, "update_message", ("item_client_id", message), ("content", "3"))
        );

        Assert.That(Verdicts(batch), Is.EqualTo(new[] { "applied", "applied", "rejected" }), batch.Text);
        Assert.That(Revisions(batch), Is.EqualTo(new[] { 3, 2, 0 }));
    }

    [Test]
    public async Task A_poison_operation_harms_only_what_depends_on_it()
    {
        var session = await user.SessionPath();
        var id = Id(session);
        var (poison, dead) = (Key(), Key());

        var batch = await Apply(
            Say(id, "before"),
            Op("save_component", poison, ("session_id", id), ("name", ""), ("jsx_code", "<b/>")),
            Op(
                "update_component",
                Key(),
                ("session_id", id),
                ("item_client_id", poison),
                ("jsx_code", "depends on it")
            ),
            Op("create_session", dead, ("title", "   ")),
            In(dead, "save_message", ("role", "user"), ("content", "depends on it")),
            Say(id, "after")
        );

        Assert.That(
            Verdicts(batch),
            Is.EqualTo(new[] { "applied", "rejected", "rejected", "rejected", "rejected", "applied" }),
            batch.Text
        );
        Assert.That(
            Codes(batch),
            Is.EqualTo(new[] { null, "validation_failed", "not_found", "validation_failed", "not_found", null })
        );
        Assert.That(
            batch
                .Json.GetProperty("results")[1]
                .GetProperty("problem")
                .GetProperty("errors")
                .TryGetProperty("name", out _)
        );
        Assert.That(
            (await user.Get(session))
                .Json.GetProperty("messages")
                .EnumerateArray()
                .Select(m => m.GetProperty("content").GetString()),
            Is.EqualTo(new[] { "before", "after" })
        );
    }

    [TestCase("""7""", "malformed_request")]
    [TestCase("""null""", "malformed_request")]
    [TestCase("""[]""", "malformed_request")]
    [TestCase("""{}""", "validation_failed", "type")]
    [TestCase("""{"type": 3}""", "malformed_request", "type")]
    [TestCase("""{"type": "restore_session", "session_id": ID}""", "validation_failed", "type")]
    [TestCase("""{"type": "Endpoint"}""", "validation_failed", "type")]
    [TestCase("""{"type": "save_message", "role": "user", "content": "x"}""", "validation_failed", "session_id")]
    [TestCase("""{"type": "delete_message", "session_id": ID}""", "validation_failed", "item_id")]
    [TestCase(
        """{"type": "delete_message", "session_id": ID, "item_id": 1, "item_client_id": "0197a1de-0000-7000-8000-000000000001"}""",
        "validation_failed",
        "item_client_id"
    )]
    [TestCase("""{"type": "create_session", "session_id": ID, "title": "x"}""", "malformed_request", "session_id")]
    [TestCase(
        """{"type": "save_message", "session_id": ID, "item_id": 3, "role": "user", "content": "x"}""",
        "malformed_request",
        "item_id"
    )]
    [TestCase(
        """{"type": "save_message", "session_id": "ID", "role": "user", "content": "x"}""",
        "malformed_request",
        "session_id"
    )]
    [TestCase(
        """{"type": "save_message", "session_id": 1.5, "role": "user", "content": "x"}""",
        "malformed_request",
        "session_id"
    )]
    [TestCase(
        """{"type": "save_message", "session_id": 99999999999999999999, "role": "user", "content": "x"}""",
        "malformed_request",
        "session_id"
    )]
    [TestCase("""{"type": "save_message", "session_id": -1, "role": "user", "content": "x"}""", "not_found")]
    [TestCase(
        """{"type": "save_message", "session_id": 9223372036854775807, "role": "user", "content": "x"}""",
        "not_found"
    )]
    [TestCase(
        """{"key": "nonsense", "type": "save_message", "session_id": ID, "role": "user", "content": "x"}""",
        "malformed_request",
        "key"
    )]
    [TestCase(
        """{"type": "save_message", "session_id": ID, "role": "user", "content": "x", "is_admin": true}""",
        "malformed_request",
        "is_admin"
    )]
    [TestCase(
        """{"type": "save_message", "session_id": ID, "role": "user", "content": "x", "content": "y"}""",
        "malformed_request"
    )]
    [TestCase(
        """{"type": "save_message", "session_id": ID, "role": "user", "content": "\ud800"}""",
        "malformed_request",
        "content"
    )]
    [TestCase(
        """{"type": "save_message", "session_id": ID, "role": "user", "content": "a\u0000b"}""",
        "validation_failed",
        "content"
    )]
    [TestCase(
        """{"type": "save_message", "session_id": ID, "role": "user", "content": "x", "base_version": 1}""",
        "malformed_request",
        "base_version"
    )]
    [TestCase(
        """{"type": "update_component", "session_id": ID, "item_id": 1, "on_conflict": "mine"}""",
        "malformed_request",
        "on_conflict"
    )]
    [TestCase(
        """{"type": "save_message", "session_id": ID, "role": "user", "content": "x", "metadata": DEEP}""",
        "malformed_request"
    )]
    [TestCase(
        """{"type": "save_message", "session_id": ID, "role": "user", "content": "x", "metadata": {"n": 1e400}}""",
        "validation_failed",
        "metadata"
    )]
    public async Task A_misshapen_operation_is_rejected_alone_with_the_field_named(
        string misshapen,
        string code,
        string? field = null
    )
    {
        var session = await user.SessionPath();
        var text = misshapen
            .Replace("\"ID\"", "\"1\"", StringComparison.Ordinal)
            .Replace("ID", $"{Id(session)}", StringComparison.Ordinal)
            .Replace(
                "DEEP",
                string.Concat(Enumerable.Repeat("{\"d\":", 5000)) + "1" + new string('}', 5000),
                StringComparison.Ordinal
            );

        var batch = await user.Post(
            "/v1/batch",
            $$"""{"operations": [{{Say(Id(session), "a")}}, {{text}}, {{Say(Id(session), "b")}}]}"""
        );

        Assert.That(Verdicts(batch), Is.EqualTo(new[] { "applied", "rejected", "applied" }), batch.Text);
        var problem = batch.Json.GetProperty("results")[1].GetProperty("problem");
        Assert.That(problem.GetProperty("code").GetString(), Is.EqualTo(code), batch.Text);
        Assert.That(problem.GetProperty("trace_id").GetString(), Is.Not.Empty);
        if (field is not null)
            Assert.That(problem.GetProperty("errors").TryGetProperty(field, out _), Is.True, batch.Text);
        Assert.That((await user.Get(session)).Json.GetProperty("messages").GetArrayLength(), Is.EqualTo(2));
    }

    [TestCase("""{}""", 422, "operations")]
    [TestCase("""{"operations": []}""", 422, "operations")]
    [TestCase("""{"operations": 7}""", 400, "operations")]
    [TestCase("""{"operations": null}""", 400, "operations")]
    [TestCase("""{"operations": [{}], "operations": []}""", 400)]
    [TestCase("""{"operations": [{}], "more": 1}""", 400)]
    [TestCase("""{"operations": [{}}""", 400)]
    [TestCase("""[]""", 400)]
    [TestCase("", 400)]
    public async Task A_batch_that_is_none_is_refused(string body, int status, string? field = null)
    {
        var batch = await user.Post("/v1/batch", body);

        Assert.That(batch.Status, Is.EqualTo(status), batch.Text);
        if (field is not null)
            Assert.That(batch.Fields, Is.EqualTo(new[] { field }));
    }

    [Test]
    public async Task Five_hundred_and_one_operations_are_too_many()
    {
        var batch = await Apply([
            .. Enumerable.Range(0, 501).Select(i => Op("create_session", Key(), ("title", $"{i}"))),
        ]);

        Assert.That((batch.Status, batch.Code), Is.EqualTo((422, "validation_failed")));
        Assert.That((await user.Get("/v1/sessions")).Json.GetProperty("items").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task The_operations_of_others_sessions_are_not_found()
    {
        var stranger = await Actor.New().SessionPath();
        var (foreign, mine) = (Key(), Key());
        await Actor.New().Post("/v1/sessions", new { title = "Theirs" }, ("Idempotency-Key", foreign));

        var batch = await Apply(
            Say(Id(stranger), "let me in"),
            In(foreign, "save_message", ("role", "user"), ("content", "let me in")),
            Op("create_session", mine, ("title", "Mine")),
            Op("delete_session", Key(), ("session_id", Id(stranger)))
        );

        Assert.That(Codes(batch), Is.EqualTo(new[] { "not_found", "not_found", null, "not_found" }), batch.Text);
    }

    [Test]
    public async Task Five_hundred_operations_take_a_few_round_trips()
    {
        await using var proxy = new TcpProxy(new NpgsqlConnectionStringBuilder(TestCluster.Url).Port);
        await using var service = await Service.StartAsync(
            ("DATABASE_URL", new NpgsqlConnectionStringBuilder(TestCluster.Url) { Port = proxy.Port }.ConnectionString)
        );
        var far = user.At(service);
        var sessions = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => far.SessionPath()));
        for (var i = 0; i < 12; i++)
            await far.Post("/v1/batch", Body([Say(Id(sessions[0]), "warm")]));
        var made = Key();
        JsonObject[] operations =
        [
            Op("create_session", made, ("title", "New")),
            .. Enumerable.Range(0, 498).Select(i => Say(Id(sessions[i % 10]), $"{i}")),
            In(made, "save_message", ("role", "user"), ("content", "last")),
        ];

        var before = proxy.RoundTrips;
        var batch = await far.Post("/v1/batch", Body(operations));
        var first = proxy.RoundTrips - before;
        var again = await far.Post("/v1/batch", Body(operations));
        var second = proxy.RoundTrips - before - first;

        Assert.That(Verdicts(batch), Is.All.EqualTo("applied"));
        Assert.That(Verdicts(again), Is.All.EqualTo("replayed"));
        Assert.That(Revisions(again), Is.EqualTo(Revisions(batch)));
        TestContext.Out.WriteLine($"500 operations: {first} round trips; again: {second}");
        Assert.That((first, second), Is.EqualTo((2, 4)));
    }

    [Test]
    public async Task Sent_fifty_times_at_once_whole_in_parts_and_shuffled_each_key_is_applied_once()
    {
        var session = Key();
        JsonObject[] operations =
        [
            Op("create_session", session, ("title", "Once")),
            .. Enumerable
                .Range(0, 20)
                .SelectMany(i =>
                {
                    var component = Key();
                    return (JsonObject[])
                        [
                            In(session, "save_component", component, ("name", $"{i}"), ("jsx_code", "<b/>")),
                            In(session, "update_component", ("item_client_id", component), ("jsx_code", $"<i>{i}</i>")),
                            In(session, "save_message", ("role", "user"), ("content", $"{i}")),
                        ];
                }),
        ];
        foreach (var operation in operations)
            operation["key"] ??= Key();
        var random = new Random(20261123);

        var whole = Enumerable.Range(0, 25).Select(_ => operations);
        var parts = Enumerable.Range(0, 25).Select(_ => operations[..(1 + random.Next(operations.Length))]);
        var answers = await Task.WhenAll(whole.Concat(parts).OrderBy(_ => random.Next()).Select(Apply));
        var afterwards = await Apply([.. operations.OrderBy(_ => random.Next())]);

        Assert.That(answers.Select(a => a.Status), Is.All.EqualTo(200));
        Assert.That(answers.SelectMany(Verdicts).Distinct(), Is.EquivalentTo(new[] { "applied", "replayed" }));
        Assert.That(answers.SelectMany(Verdicts).Count(v => v == "applied"), Is.EqualTo(operations.Length));
        Assert.That(Verdicts(afterwards), Is.All.EqualTo("replayed"));
        Assert.That(Revisions(afterwards).Order(), Is.EqualTo(Enumerable.Range(1, operations.Length)));
        var id = answers[0].Json.GetProperty("results")[0].GetProperty("resource").GetProperty("id").GetInt64();
        var loaded = (await user.Get($"/v1/sessions/{id}")).Json;
        Assert.That(loaded.GetProperty("session").GetProperty("revision").GetInt64(), Is.EqualTo(operations.Length));
        Assert.That(loaded.GetProperty("messages").GetArrayLength(), Is.EqualTo(20));
        Assert.That(
            loaded.GetProperty("components").EnumerateArray().Select(c => c.GetProperty("version").GetInt64()),
            Is.EqualTo(Enumerable.Repeat(2L, 20))
        );
    }

    [Test]
    public async Task An_operation_and_the_request_of_its_own_that_says_the_same_are_one()
    {
        var session = await user.SessionPath();
        var (alone, batched) = (Key(), Key());
        var body = new
        {
            role = "user",
            content = "Same",
            metadata = new { a = 1.0, b = "x" },
        };
        var first = await user.Post($"{session}/messages", body, ("Idempotency-Key", alone));

        var batch = await Apply(
            Op(
                "save_message",
                alone,
                ("session_id", Id(session)),
                ("metadata", new JsonObject { ["b"] = "x", ["a"] = 1 }),
                ("content", "Same"),
                ("role", "user")
            ),
            Op("save_message", batched, ("session_id", Id(session)), ("role", "user"), ("content", "Other")),
            Op("save_message", batched, ("session_id", Id(session)), ("role", "user"), ("content", "Other")),
            Op("save_message", batched, ("session_id", Id(session)), ("role", "user"), ("content", "Not the same"))
        );
        var single = await user.Post(
            $"{session}/messages",
            new { role = "user", content = "Other" },
            ("Idempotency-Key", batched)
        );

        Assert.That(Verdicts(batch), Is.EqualTo(new[] { "replayed", "applied", "replayed", "rejected" }), batch.Text);
        Assert.That(Codes(batch)[3], Is.EqualTo("idempotency_key_reused"));
        Assert.That(Revisions(batch)[0], Is.EqualTo(first.Revision));
        Assert.That((single.Status, single.Replayed, single.Revision), Is.EqualTo((201, true, 3L)));
    }

    [Test]
    public async Task A_stale_base_version_is_a_conflict_with_all_three_sides_and_the_rest_goes_on()
    {
        var session = await user.SessionPath();
        var component = await user.Component(session, jsxCode: "one");
        var path = $"{session}/components/{component.GetProperty("id")}";
        await user.Patch(path, new { jsx_code = "two" });

        var batch = await Apply(
            Op(
                "update_component",
                Key(),
                ("session_id", Id(session)),
                ("item_id", component.GetProperty("id").GetInt64()),
                ("base_version", 1),
                ("jsx_code", "mine")
            ),
            Op(
                "update_component",
                Key(),
                ("session_id", Id(session)),
                ("item_id", component.GetProperty("id").GetInt64()),
                ("base_version", 2),
                ("jsx_code", "three")
            ),
            Say(Id(session), "goes on")
        );

        Assert.That(Verdicts(batch), Is.EqualTo(new[] { "conflict", "applied", "applied" }), batch.Text);
        var problem = batch.Json.GetProperty("results")[0].GetProperty("problem");
        Assert.That(
            new[] { "base", "mine", "theirs" }.Select(side =>
                problem.GetProperty(side).GetProperty("jsx_code").GetString()
            ),
            Is.EqualTo(new[] { "one", "mine", "two" })
        );
        Assert.That(
            (problem.GetProperty("status").GetInt32(), problem.GetProperty("current_version").GetInt64()),
            Is.EqualTo((412, 2L))
        );
    }

    [Test]
    public async Task A_missing_key_is_made_and_echoed_and_a_header_on_the_batch_means_nothing()
    {
        var session = await user.SessionPath();
        var header = ("Idempotency-Key", "nonsense");
        var operation = new JsonObject
        {
            ["type"] = "save_message",
            ["session_id"] = Id(session),
            ["role"] = "user",
            ["content"] = "x",
        };

        var batch = await user.Post("/v1/batch", Body([operation]), header);

        Assert.That(batch.Status, Is.EqualTo(200), batch.Text);
        var key = batch.Json.GetProperty("results")[0].GetProperty("key").GetString();
        Assert.That((await user.Get($"/v1/operations/{key}")).Json.GetProperty("revision").GetInt64(), Is.EqualTo(2));
    }

    [Test]
    public async Task A_session_locked_from_outside_makes_the_batch_503_and_nothing_overtakes_what_was_not_done()
    {
        var session = await user.SessionPath();
        var free = await user.SessionPath();
        JsonObject[] operations = [Say(Id(free), "a"), Say(Id(session), "b"), Say(Id(free), "c")];
        await using var outside = await TestCluster.OpenAsync(TestCluster.Url);
        await using var transaction = await outside.BeginTransactionAsync();
        await using (
            var hold = new NpgsqlCommand(
                $"select 1 from sessions where id = {Id(session)} for update",
                outside,
                transaction
            )
        )
            await hold.ExecuteScalarAsync();

        var refused = await Apply(operations);
        await transaction.RollbackAsync();
        var again = await Apply(operations);

        Assert.That((refused.Status, refused.Code), Is.EqualTo((503, "unavailable")), refused.Text);
        Assert.That(refused.Headers, Does.ContainKey("Retry-After"));
        Assert.That(Verdicts(again), Is.All.AnyOf("applied", "replayed"), again.Text);
        Assert.That(
            (await user.Get(free))
                .Json.GetProperty("messages")
                .EnumerateArray()
                .Select(m => m.GetProperty("content").GetString()),
            Is.EqualTo(new[] { "a", "c" })
        );
    }

    [Test]
    public async Task A_batch_whose_commit_is_answered_by_silence_is_applied_once_and_says_so()
    {
        await using var proxy = new TcpProxy(new NpgsqlConnectionStringBuilder(TestCluster.Url).Port);
        await using var service = await Service.StartAsync(
            ("DATABASE_URL", new NpgsqlConnectionStringBuilder(TestCluster.Url) { Port = proxy.Port }.ConnectionString)
        );
        var far = user.At(service);
        var session = Key();
        var lost = 0;
        proxy.LoseAnswerTo = sent => sent.Span.IndexOf("LostBatch"u8) >= 0 && Interlocked.Increment(ref lost) == 1;

        var batch = await far.Post(
            "/v1/batch",
            Body([
                Op("create_session", session, ("title", "LostBatch")),
                In(session, "save_message", ("role", "user"), ("content", "1")),
                In(session, "save_message", ("role", "user"), ("content", "2")),
            ])
        );

        Assert.That(lost, Is.GreaterThanOrEqualTo(1));
        Assert.That(Verdicts(batch), Is.All.EqualTo("applied"), batch.Text);
        Assert.That(Revisions(batch), Is.EqualTo(new[] { 1, 2, 3 }));
        var items = (await user.Get("/v1/sessions")).Json.GetProperty("items");
        Assert.That(items.GetArrayLength(), Is.EqualTo(1));
        Assert.That(items[0].GetProperty("revision").GetInt64(), Is.EqualTo(3));
    }

    [Test]
    public async Task A_few_bytes_that_aim_at_very_much_are_answered_within_bounds()
    {
        var session = await user.SessionPath();
        await Filling.ComponentsAsync(session, 70, 1024 * 1024);
        await using var behind = await TestCluster.OpenAsync();
        var ids = await behind.QueryAsync<long>(
            "select id from components where session_id = @Id order by id",
            new { Id = Id(session) }
        );

        var batch = await Apply([
            .. ids.Select(id => Op("set_current_component", Key(), ("session_id", Id(session)), ("item_id", id))),
        ]);

        Assert.That(Verdicts(batch), Is.All.EqualTo("applied"));
        Assert.That(Revisions(batch), Is.EqualTo(Enumerable.Range(72, 70)));
        Assert.That(batch.Text, Has.Length.LessThan(20 * 1024 * 1024));
        Assert.That(batch.Json.GetProperty("results")[0].TryGetProperty("resource", out _), Is.True);
        Assert.That(batch.Json.GetProperty("results")[69].TryGetProperty("resource", out _), Is.False);
    }

    Task<Answer> Apply(params JsonObject[] operations) => user.Post("/v1/batch", Body(operations));

    static string Body(IEnumerable<JsonObject> operations) =>
        $$"""{"operations": [{{string.Join(",", operations.Select(o => o.ToJsonString()))}}]}""";

    static string Key() => Guid.NewGuid().ToString();

    static long Id(string sessionPath) =>
        long.Parse(sessionPath.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);

    static JsonObject Say(long sessionId, string content) =>
        Op("save_message", Key(), ("session_id", sessionId), ("role", "user"), ("content", content));

    static JsonObject In(string session, string type, params (string, JsonNode?)[] members) =>
        Op(type, Key(), [("session_client_id", session), .. members]);

    static JsonObject In(string session, string type, string key, params (string, JsonNode?)[] members) =>
        Op(type, key, [("session_client_id", session), .. members]);

    static JsonObject Op(string type, string key, params (string Name, JsonNode? Value)[] members)
    {
        var operation = new JsonObject { ["key"] = key, ["type"] = type };
        foreach (var (name, value) in members)
            operation[name] = value;
        return operation;
    }

    static string[] Verdicts(Answer batch) => [.. Results(batch).Select(r => r.GetProperty("verdict").GetString()!)];

    static long[] Revisions(Answer batch) =>
        [.. Results(batch).Select(r => r.TryGetProperty("revision", out var revision) ? revision.GetInt64() : 0)];

    static string?[] Codes(Answer batch) =>
        [
            .. Results(batch)
                .Select(r =>
                    r.TryGetProperty("problem", out var problem) ? problem.GetProperty("code").GetString() : null
                ),
        ];

    static IEnumerable<JsonElement> Results(Answer batch)
    {
        Assert.That(batch.Status, Is.EqualTo(200), batch.Text);
        return batch.Json.GetProperty("results").EnumerateArray();
    }
}
