using System.Net.Http.Headers;
using System.Text;
using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class UpdateMessageTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task A_patch_changes_what_it_names_and_keeps_the_rest()
    {
        var session = await user.SessionPath();
        var saved = await user.Post(
            $"{session}/messages",
            """{"role": "assistant", "content": "Before", "message_type": "code", "metadata": {"a": 1}}"""
        );
        var path = saved.Headers["Location"];

        var answer = await user.Patch(path, new { content = "After 😀\r\n" });

        Assert.That((answer.Status, answer.Revision), Is.EqualTo((200, 3)), answer.Text);
        Assert.That(answer.Headers.Keys, Does.Contain("Idempotency-Key"));
        Assert.That(
            answer.Text,
            Is.EqualTo(
                saved
                    .Text.Replace("Before", "After 😀\\r\\n", StringComparison.Ordinal)
                    .Replace("\"revision\":2", "\"revision\":3", StringComparison.Ordinal)
            )
        );
        Assert.That((await user.Get(path)).Text, Is.EqualTo(answer.Text));
        Assert.That(
            (await user.Get(session)).Json.GetProperty("session").GetProperty("revision").GetInt64(),
            Is.EqualTo(3)
        );
    }

    // The examples of RFC 7396, as far as both sides are objects.
    [TestCase("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [TestCase("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [TestCase("""{"a":"b"}""", """{"a":null}""", "{}")]
    [TestCase("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [TestCase("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [TestCase("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [TestCase("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [TestCase("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [TestCase("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [TestCase("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    [TestCase("""{"a":null}""", """{"a":{"b":[null]}}""", """{"a":{"b":[null]}}""")]
    [TestCase("""{"a":9007199254740993}""", """{"b":1.10}""", """{"a":9007199254740993,"b":1.10}""")]
    public async Task Metadata_merges_as_RFC_7396_says(string before, string patch, string after)
    {
        var session = await user.SessionPath();
        var saved = await user.Post(
            $"{session}/messages",
            $$"""{"role": "user", "content": "x", "metadata": {{before}}}"""
        );

        var answer = await user.Patch(saved.Headers["Location"], $$"""{"metadata": {{patch}}}""");

        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That(answer.Json.GetProperty("metadata").GetRawText(), Is.EqualTo(after));
        Assert.That((await user.Get(saved.Headers["Location"])).Text, Is.EqualTo(answer.Text));
    }

    [Test]
    public async Task Metadata_may_grow_by_merging_to_64_KiB_and_not_a_byte_more()
    {
        var session = await user.SessionPath();
        var path = await MessagePath(session);
        // {"a":"...","b":"..."} has 15 bytes besides its texts.
        const int Room = 65536 - 15;
        var half = await user.Patch(path, new { metadata = new { a = new string('a', 40000) } });
        Assert.That(half.Status, Is.EqualTo(200));

        var over = await user.Patch(path, new { metadata = new { b = new string('b', Room - 40000 + 1) } });
        var full = await user.Patch(path, new { metadata = new { b = new string('b', Room - 40000) } });

        Assert.That((over.Status, over.Code), Is.EqualTo((422, "validation_failed")));
        // In these words: found before anything was written, not by the table's last resort.
        Assert.That(
            over.Json.GetProperty("errors").GetRawText(),
            Is.EqualTo("""{"metadata":["must have at most 65536 bytes as compact JSON"]}""")
        );
        Assert.That((full.Status, full.Revision), Is.EqualTo((200, half.Revision + 1)), full.Text[..100]);
    }

    [TestCase("""{"content": null, "metadata": null}""", "content", "metadata")]
    [TestCase("""{"content": ""}""", "content")]
    [TestCase("""{"content": "a\u0000b", "metadata": {"n": 1e400}}""", "content", "metadata")]
    [TestCase("""{"metadata": {"\u0000": 1}}""", "metadata")]
    public async Task Fields_that_break_their_rules_are_422_and_all_named(string patch, params string[] fields)
    {
        var session = await user.SessionPath();
        var path = await MessagePath(session);
        var before = await user.Get(path);

        var answer = await user.Patch(path, patch);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((422, "validation_failed")), answer.Text);
        Assert.That(answer.Fields, Is.EquivalentTo(fields));
        Assert.That((await user.Get(path)).Text, Is.EqualTo(before.Text));
    }

    [TestCase("""{"role": "assistant"}""")]
    [TestCase("""{"content": 1}""")]
    [TestCase("""{"metadata": []}""")]
    [TestCase("""{"content": "a", "content": "b"}""")]
    [TestCase("[]")]
    [TestCase("")]
    public async Task What_is_no_patch_of_a_message_is_400(string patch)
    {
        var session = await user.SessionPath();

        var answer = await user.Patch(await MessagePath(session), patch);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
    }

    [Test]
    public async Task Content_may_have_1_MiB_and_not_a_byte_more()
    {
        var session = await user.SessionPath();
        var path = await MessagePath(session);
        var full = string.Concat(Enumerable.Repeat("😀", 1024 * 1024 / 4));

        Assert.That((await user.Patch(path, new { content = full })).Status, Is.EqualTo(200));
        Assert.That((await user.Patch(path, new { content = full + "a" })).Fields, Is.EqualTo(new[] { "content" }));
        Assert.That((await user.Get(path)).Json.GetProperty("content").GetString(), Is.EqualTo(full));
    }

    [Test]
    public async Task An_empty_patch_changes_nothing_and_still_takes_a_revision()
    {
        var session = await user.SessionPath();
        var path = await MessagePath(session);

        var answer = await user.Patch(path, "{}");

        Assert.That((answer.Status, answer.Revision), Is.EqualTo((200, 3)), answer.Text);
        Assert.That(answer.Json.GetProperty("content").GetString(), Is.EqualTo("Hello"));
        Assert.That(answer.Json.GetProperty("revision").GetInt64(), Is.EqualTo(3));
    }

    [Test]
    public async Task A_patch_may_call_itself_a_merge_patch()
    {
        var session = await user.SessionPath();
        using var patch = new StringContent("""{"content": "After"}""", Encoding.UTF8);
        patch.Headers.ContentType = new MediaTypeHeaderValue("application/merge-patch+json");

        var answer = await user.Patch(await MessagePath(session), patch);

        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That(answer.Json.GetProperty("content").GetString(), Is.EqualTo("After"));
    }

    [Test]
    public async Task Forty_parallel_patches_of_different_members_all_survive()
    {
        var session = await user.SessionPath();
        var path = await MessagePath(session);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(i => user.Patch(path, $$"""{"metadata": {"m{{i}}": {{i}} } }"""))
        );

        Assert.That(answers.Select(a => a.Revision), Is.EquivalentTo(Enumerable.Range(3, 40)));
        var message = (await user.Get(path)).Json;
        Assert.That(
            message.GetProperty("metadata").EnumerateObject().Select(m => (m.Name, m.Value.GetInt32())),
            Is.EquivalentTo(Enumerable.Range(0, 40).Select(i => ($"m{i}", i)))
        );
        Assert.That(message.GetProperty("revision").GetInt64(), Is.EqualTo(42));
    }

    [Test]
    public async Task A_repeated_patch_answers_as_the_first_with_the_message_as_it_is_now()
    {
        var session = await user.SessionPath();
        var path = await MessagePath(session);
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        await user.Patch(path, """{"content": "Once", "metadata": {"a": 1}}""", key);
        var later = await user.Patch(path, """{"content": "Later"}""");

        var again = await user.Patch(path, """{"metadata": {"a": 1.0}, "content": "Once"}""", key);
        var different = await user.Patch(path, """{"content": "Twice"}""", key);

        Assert.That((again.Status, again.Revision, again.Replayed), Is.EqualTo((200, 3, true)), again.Text);
        Assert.That(again.Text, Is.EqualTo(later.Text));
        Assert.That((different.Status, different.Code), Is.EqualTo((422, "idempotency_key_reused")));
        Assert.That((await user.Get(path)).Text, Is.EqualTo(later.Text));
    }

    [Test]
    public async Task A_key_used_for_one_message_does_not_patch_another()
    {
        var session = await user.SessionPath();
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        await user.Patch(await MessagePath(session), """{"content": "After"}""", key);

        var answer = await user.Patch(await MessagePath(session), """{"content": "After"}""", key);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((422, "idempotency_key_reused")));
    }

    [Test]
    public async Task A_message_that_is_not_there_for_the_caller_is_404()
    {
        var (session, other) = (await user.SessionPath(), await user.SessionPath());
        var path = await MessagePath(session);
        var id = path.Split('/')[^1];
        const string Patch = """{"content": "After"}""";

        var elsewhere = await user.Patch($"{other}/messages/{id}", Patch);
        var never = await user.Patch($"{session}/messages/9007199254740991", Patch);
        var foreign = await Actor.New().Patch(path, "not even JSON");
        var untouched = await user.Get(path);
        await user.Trash(session);
        var trashed = await user.Patch(path, Patch);

        foreach (var answer in (Answer[])[elsewhere, never, foreign, trashed])
            Assert.That((answer.Status, answer.Code), Is.EqualTo((404, "not_found")), answer.Text);
        Assert.That(untouched.Json.GetProperty("content").GetString(), Is.EqualTo("Hello"));
        Assert.That(
            (await user.Get(other)).Json.GetProperty("session").GetProperty("revision").GetInt64(),
            Is.EqualTo(1)
        );
    }

    async Task<string> MessagePath(string session) =>
        $"{session}/messages/{(await user.Message(session)).GetProperty("id")}";
}
