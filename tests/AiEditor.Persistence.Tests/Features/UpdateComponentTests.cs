using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class UpdateComponentTests
{
    const int MiB = 1024 * 1024;
    readonly Actor user = Actor.New();

    [TestCase("""{"name":"N"}""", "name")]
    [TestCase("""{"jsx_code":"<i>\r\n😀</i>"}""", "jsx_code")]
    [TestCase("""{"css_code":""}""", "css_code")]
    [TestCase("""{"component_type":"card"}""", "component_type")]
    [TestCase("""{"metadata":{"a":2}}""", "metadata")]
    public async Task Changing_one_member_of_the_content_makes_a_version_and_leaves_the_others(
        string patch,
        string member
    )
    {
        var (path, saved) = await Saved();

        var answer = await user.Patch(path, patch);

        Assert.That((answer.Status, answer.Revision), Is.EqualTo((200, 3)), answer.Text);
        Assert.That(answer.Headers["ETag"], Is.EqualTo("\"2\""));
        Assert.That((await user.Get(path)).Text, Is.EqualTo(answer.Text));
        string[] changed = [member, "revision", "version", "updated_at"];
        foreach (var property in saved.EnumerateObject())
            Assert.That(
                answer.Json.GetProperty(property.Name).GetRawText() != property.Value.GetRawText(),
                Is.EqualTo(changed.Contains(property.Name)),
                property.Name
            );
        Assert.That(
            answer.Json.GetProperty(member).GetRawText(),
            Is.EqualTo(JsonDocument.Parse(patch).RootElement.GetProperty(member).GetRawText())
                .Or.EqualTo("\"<i>\\r\\n😀</i>\"")
        );
        var before = (await user.Get($"{path}/versions/1")).Json;
        Assert.That(before.GetProperty(member).GetRawText(), Is.EqualTo(saved.GetProperty(member).GetRawText()));
    }

    [TestCase("""{}""")]
    [TestCase("""{"name":"Card","jsx_code":"<b/>","css_code":"b{}","component_type":"page"}""")]
    [TestCase("""{"metadata":{}}""")]
    [TestCase("""{"metadata":{"a":1,"absent":null}}""")]
    [TestCase("""{"is_current":true}""")]
    public async Task A_change_that_changes_nothing_takes_a_revision_but_makes_no_version(string patch)
    {
        var (path, saved) = await Saved();

        var answer = await user.Patch(path, patch);

        Assert.That((answer.Status, answer.Revision), Is.EqualTo((200, 3)), answer.Text);
        Assert.That(answer.Headers["ETag"], Is.EqualTo("\"1\""));
        Assert.That(answer.Json.GetProperty("version").GetInt64(), Is.EqualTo(1));
        Assert.That(answer.Json.GetProperty("revision").GetInt64(), Is.EqualTo(3));
        Assert.That(
            answer.Json.GetProperty("metadata").GetRawText(),
            Is.EqualTo(saved.GetProperty("metadata").GetRawText())
        );
        Assert.That((await user.Get(path)).Text, Is.EqualTo(answer.Text));
        Assert.That((await user.Get($"{path}/versions")).Json.GetProperty("items").GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public async Task Metadata_is_merged_member_by_member_as_RFC_7396_says()
    {
        var session = await user.SessionPath();
        var saved = await user.Post(
            $"{session}/components",
            """{"name":"A","jsx_code":"x","metadata":{"keep":9007199254740993,"drop":1,"deep":{"a":1,"b":2},"list":[1,2],"was":"text"}}"""
        );

        var answer = await user.Patch(
            saved.Headers["Location"],
            """{"metadata":{"drop":null,"deep":{"b":null,"c":0.10},"list":[null],"was":{"x":null,"y":1},"new":true}}"""
        );

        Assert.That(
            answer.Json.GetProperty("metadata").GetRawText(),
            Is.EqualTo("""{"keep":9007199254740993,"deep":{"a":1,"c":0.10},"list":[null],"was":{"y":1},"new":true}""")
        );
    }

    [Test]
    public async Task Metadata_may_grow_to_its_limit_and_no_further()
    {
        var (path, _) = await Saved();
        // {"a":1,"s":"..."} is 13 bytes longer than its text.
        var fits = new { metadata = new { s = new string('m', (64 * 1024) - 14) } };

        var grown = await user.Patch(path, fits);
        Assert.That(grown.Status, Is.EqualTo(200), grown.Text);
        Assert.That(grown.Json.GetProperty("metadata").GetRawText(), Has.Length.LessThanOrEqualTo(64 * 1024));
        var more = await user.Patch(path, new { metadata = new { t = 1 } });

        Assert.That((more.Status, more.Code), Is.EqualTo((422, "validation_failed")), more.Text);
        Assert.That(more.Fields, Is.EqualTo(new[] { "metadata" }));
        Assert.That((await user.Get(path)).Text, Is.EqualTo(grown.Text));
    }

    [Test]
    public async Task Is_current_true_makes_it_the_only_one_and_touches_the_one_before()
    {
        var session = await user.SessionPath();
        var first = await user.Component(session, "First", isCurrent: false);
        var second = await user.Component(session, "Second");

        var answer = await user.Patch($"{session}/components/{first.GetProperty("id")}", new { is_current = true });

        Assert.That(answer.Json.GetProperty("is_current").GetBoolean(), Is.True);
        Assert.That(answer.Json.GetProperty("version").GetInt64(), Is.EqualTo(1));
        Assert.That((await user.Get($"{session}/components/current")).Text, Is.EqualTo(answer.Text));
        var before = (await user.Get($"{session}/components/{second.GetProperty("id")}")).Json;
        Assert.That(before.GetProperty("is_current").GetBoolean(), Is.False);
        Assert.That(before.GetProperty("revision").GetInt64(), Is.EqualTo(4));
    }

    [Test]
    public async Task Is_current_false_leaves_none_current_and_on_another_does_nothing_to_the_current_one()
    {
        var session = await user.SessionPath();
        var other = await user.Component(session, "Other", isCurrent: false);
        var current = await user.Component(session, "Current");

        await user.Patch($"{session}/components/{other.GetProperty("id")}", new { is_current = false });
        Assert.That((await user.Get($"{session}/components/current")).Text, Is.EqualTo(current.GetRawText()));
        var answer = await user.Patch(
            $"{session}/components/{current.GetProperty("id")}",
            new { is_current = false, jsx_code = "2" }
        );

        Assert.That(answer.Json.GetProperty("is_current").GetBoolean(), Is.False);
        Assert.That(answer.Json.GetProperty("version").GetInt64(), Is.EqualTo(2));
        Assert.That((await user.Get($"{session}/components/current")).Status, Is.EqualTo(404));
        Assert.That(
            (await user.Get($"{session}/components/{answer.Json.GetProperty("id")}")).Text,
            Is.EqualTo(answer.Text)
        );
    }

    [TestCase("\"1\"")]
    [TestCase("\"7\", \"1\"")]
    [TestCase("*")]
    public async Task If_Match_of_the_present_version_lets_the_change_through(string ifMatch)
    {
        var (path, _) = await Saved();

        var answer = await user.Patch(path, new { jsx_code = "2" }, ("If-Match", ifMatch));

        Assert.That((answer.Status, answer.Headers["ETag"]), Is.EqualTo((200, "\"2\"")), answer.Text);
    }

    [Test]
    public async Task A_stale_If_Match_is_412_with_base_mine_and_theirs()
    {
        var (path, saved) = await Saved();
        await user.Patch(path, """{"jsx_code":"theirs","metadata":{"b":2}}""");
        var first = (await user.Get($"{path}/versions/1")).Text;
        var now = (await user.Get(path)).Text;

        var answer = await user.Patch(
            path,
            """{"css_code":"mine","metadata":{"a":null,"c":3}}""",
            ("If-Match", "\"1\"")
        );

        Assert.That((answer.Status, answer.Code), Is.EqualTo((412, "version_conflict")), answer.Text);
        Assert.That(answer.Headers["Content-Type"], Does.StartWith("application/problem+json"));
        Assert.That(answer.Json.GetProperty("type").GetString(), Is.EqualTo("urn:ai-editor:problem:version_conflict"));
        Assert.That(answer.Json.GetProperty("current_version").GetInt64(), Is.EqualTo(2));
        Assert.That(answer.Json.GetProperty("base").GetRawText(), Is.EqualTo(first));
        Assert.That(answer.Json.GetProperty("theirs").GetRawText(), Is.EqualTo(now));
        var mine = answer.Json.GetProperty("mine");
        Assert.That(mine.GetProperty("id").GetRawText(), Is.EqualTo(saved.GetProperty("id").GetRawText()));
        Assert.That(mine.GetProperty("version").GetInt64(), Is.EqualTo(1));
        Assert.That(mine.GetProperty("jsx_code").GetString(), Is.EqualTo("<b/>"));
        Assert.That(mine.GetProperty("css_code").GetString(), Is.EqualTo("mine"));
        Assert.That(mine.GetProperty("metadata").GetRawText(), Is.EqualTo("""{"c":3}"""));
        Assert.That((await user.Get(path)).Text, Is.EqualTo(now));
    }

    [TestCase("\"9\"")]
    [TestCase("W/\"1\"")]
    public async Task If_Match_of_a_version_that_never_was_is_412_without_base(string ifMatch)
    {
        var (path, _) = await Saved();

        var answer = await user.Patch(path, new { jsx_code = "2" }, ("If-Match", ifMatch));

        Assert.That((answer.Status, answer.Code), Is.EqualTo((412, "version_conflict")), answer.Text);
        Assert.That(answer.Json.GetProperty("base").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(answer.Json.GetProperty("mine").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(answer.Json.GetProperty("theirs").GetProperty("version").GetInt64(), Is.EqualTo(1));
    }

    [TestCase("1")]
    [TestCase("\"one\"")]
    [TestCase("\"0\"")]
    [TestCase("*, \"1\"")]
    public async Task An_If_Match_that_names_no_version_is_400(string ifMatch)
    {
        var (path, _) = await Saved();

        var answer = await user.Patch(path, new { jsx_code = "2" }, ("If-Match", ifMatch));

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
    }

    [Test]
    public async Task Of_twenty_parallel_changes_from_one_version_one_wins_and_the_others_learn_of_it()
    {
        var (path, saved) = await Saved();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => user.Patch(path, new { jsx_code = $"{i}" }, ("If-Match", "\"1\"")))
        );

        var won = answers.Single(a => a.Status == 200);
        var lost = answers.Where(a => a.Status == 412).ToArray();
        Assert.That(lost, Has.Length.EqualTo(19));
        foreach (var answer in lost)
        {
            Assert.That(answer.Json.GetProperty("theirs").GetRawText(), Is.EqualTo(won.Text));
            Assert.That(
                answer.Json.GetProperty("base").GetProperty("jsx_code").GetString(),
                Is.EqualTo(saved.GetProperty("jsx_code").GetString())
            );
        }
    }

    [Test]
    public async Task A_replay_changes_nothing_though_the_version_it_named_is_gone()
    {
        var (path, _) = await Saved();
        var headers = new[] { ("If-Match", "\"1\""), ("Idempotency-Key", Guid.NewGuid().ToString()) };
        await user.Patch(path, new { jsx_code = "2" }, headers);
        var third = await user.Patch(path, new { jsx_code = "3" });

        var replay = await user.Patch(path, new { jsx_code = "2" }, headers);

        Assert.That((replay.Status, replay.Replayed, replay.Revision), Is.EqualTo((200, true, 3)));
        Assert.That((replay.Text, replay.Headers["ETag"]), Is.EqualTo((third.Text, "\"3\"")));
    }

    static IEnumerable<TestCaseData> Broken()
    {
        foreach (var field in new[] { "name", "jsx_code", "css_code", "component_type", "is_current", "metadata" })
            yield return Case($$"""{"{{field}}":null}""", field);
        yield return Case("""{"name":""}""", "name");
        yield return Case($$"""{"name":"{{new string('n', 256)}}"}""", "name");
        yield return Case("""{"jsx_code":""}""", "jsx_code");
        yield return Case("""{"jsx_code":"\u0000"}""", "jsx_code");
        yield return Case($$"""{"jsx_code":"{{new string('j', MiB + 1)}}"}""", "jsx_code");
        yield return Case($$"""{"css_code":"{{new string('c', MiB + 1)}}"}""", "css_code");
        yield return Case("""{"component_type":""}""", "component_type");
        yield return Case($$"""{"component_type":"{{new string('t', 51)}}"}""", "component_type");
        yield return Case("""{"metadata":{"n":1e400}}""", "metadata");
        yield return Case("""{"name":null,"jsx_code":"","is_current":null}""", "name", "jsx_code", "is_current");

        static TestCaseData Case(string body, params string[] fields) =>
            new TestCaseData(body, fields).SetArgDisplayNames($"{body[..Math.Min(50, body.Length)]} ({body.Length})");
    }

    [TestCaseSource(nameof(Broken))]
    public async Task A_field_that_breaks_its_rule_is_422_and_named(string body, string[] fields)
    {
        var (path, saved) = await Saved();

        var answer = await user.Patch(path, body);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((422, "validation_failed")), answer.Text);
        Assert.That(answer.Fields, Is.EquivalentTo(fields));
        Assert.That((await user.Get(path)).Text, Is.EqualTo(saved.GetRawText()));
    }

    [TestCase("""{"version":2}""")]
    [TestCase("""{"is_current":1}""")]
    [TestCase("""{"metadata":"text"}""")]
    [TestCase("""[]""")]
    public async Task An_unknown_member_or_a_wrong_type_is_400(string body)
    {
        var (path, _) = await Saved();

        var answer = await user.Patch(path, body);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
    }

    [Test]
    public async Task A_merge_patch_may_call_itself_one()
    {
        var (path, _) = await Saved();
        using var body = new StringContent("""{"name":"N"}""", Encoding.UTF8);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/merge-patch+json");

        var answer = await user.Patch(path, body);

        Assert.That(answer.Json.GetProperty("name").GetString(), Is.EqualTo("N"), answer.Text);
    }

    [Test]
    public async Task It_is_found_only_by_its_owner_in_its_own_live_session()
    {
        var (path, _) = await Saved();
        var session = path[..path.IndexOf("/components", StringComparison.Ordinal)];
        var elsewhere = path.Replace(session, await user.SessionPath(), StringComparison.Ordinal);

        Assert.That((await user.Patch(elsewhere, new { name = "N" })).Status, Is.EqualTo(404));
        Assert.That((await Actor.New().Patch(path, new { name = "N" })).Status, Is.EqualTo(404));
        await user.Trash(session);
        Assert.That((await user.Patch(path, new { name = "N" })).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task The_document_says_what_a_conflict_looks_like_and_how_to_ask_for_one()
    {
        var document = (await user.Get("/openapi/v1.json")).Json;

        var operation = document
            .GetProperty("paths")
            .GetProperty("/v1/sessions/{sessionId}/components/{componentId}")
            .GetProperty("patch");
        Assert.That(
            operation.GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("name").GetString()),
            Does.Contain("If-Match")
        );
        Assert.That(
            operation.GetProperty("responses").GetProperty("412").GetRawText(),
            Does.Contain("#/components/schemas/VersionConflict").And.Contain("application/problem+json")
        );
        var members = document
            .GetProperty("components")
            .GetProperty("schemas")
            .GetProperty("VersionConflict")
            .GetProperty("properties");
        foreach (var member in new[] { "code", "base", "mine", "theirs", "current_version" })
            Assert.That(members.TryGetProperty(member, out _), Is.True, member);
    }

    async Task<(string Path, JsonElement Component)> Saved()
    {
        var answer = await user.Post(
            $"{await user.SessionPath()}/components",
            """{"name":"Card","jsx_code":"<b/>","css_code":"b{}","component_type":"page","metadata":{"a":1}}"""
        );
        Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
        return (answer.Headers["Location"], answer.Json);
    }

    [Test]
    public async Task An_if_match_with_a_history_in_it_is_refused()
    {
        var session = await user.SessionPath();
        var component = await user.Component(session);
        var tags = string.Join(", ", Enumerable.Range(1, 9).Select(v => $"\"{v}\""));

        var answer = await user.Patch(
            $"{session}/components/{component.GetProperty("id")}",
            new { name = "x" },
            ("If-Match", tags)
        );

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
    }
}
