using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class SaveMessageTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task A_message_names_files_that_were_put_before_and_shows_what_they_are()
    {
        var session = await user.SessionPath();
        const string Sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        var named = new
        {
            role = "user",
            content = "Look",
            attachments = new object[] { new { sha256 = Sha256, name = "hello.txt" }, new { sha256 = Sha256 } },
        };
        var before = await user.Post($"{session}/messages", named);
        var file = new ByteArrayContent("hello"u8.ToArray());
        file.Headers.ContentType = new("text/plain");
        await user.Put($"{session}/attachments/{Sha256}", file);

        var after = await user.Post($"{session}/messages", named);

        Assert.That((before.Status, before.Code), Is.EqualTo((422, "validation_failed")), before.Text);
        Assert.That(before.Fields, Is.EqualTo(new[] { "attachments[0].sha256", "attachments[1].sha256" }));
        Assert.That(after.Status, Is.EqualTo(201), after.Text);
        var expected =
            $$"""[{"sha256":"{{Sha256}}","name":"hello.txt","content_type":"text/plain","size":5},{"sha256":"{{Sha256}}","content_type":"text/plain","size":5}]""";
        Assert.That(after.Json.GetProperty("attachments").GetRawText(), Is.EqualTo(expected));
        var loaded = (await user.Get(session)).Json.GetProperty("messages")[0];
        Assert.That(loaded.GetProperty("attachments").GetRawText(), Is.EqualTo(expected));
        var turn = await user.Post(
            $"{session}/turns",
            new { message = new { content = "In a turn", named.attachments } }
        );
        Assert.That(turn.Json.GetProperty("message").GetProperty("attachments").GetRawText(), Is.EqualTo(expected));
        var elsewhere = await user.Post($"{await user.SessionPath()}/messages", named);
        Assert.That(elsewhere.Status, Is.EqualTo(422));
    }

    [Test]
    public async Task A_message_comes_back_as_it_was_sent_with_its_defaults()
    {
        var session = await user.SessionPath();

        var answer = await user.Post($"{session}/messages", new { role = "user", content = " A\r\n\t😀 שלום " });

        Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
        Assert.That(answer.Json.GetProperty("content").GetString(), Is.EqualTo(" A\r\n\t😀 שלום "));
        Assert.That(answer.Json.GetProperty("message_type").GetString(), Is.EqualTo("text"));
        Assert.That(answer.Json.GetProperty("metadata").GetRawText(), Is.EqualTo("{}"));
        Assert.That(answer.Json.GetProperty("attachments").GetRawText(), Is.EqualTo("[]"));
        Assert.That(answer.Json.GetProperty("revision").GetInt64(), Is.EqualTo(2));
        Assert.That(answer.Revision, Is.EqualTo(2));
        Assert.That(answer.Headers["Location"], Is.EqualTo($"{session}/messages/{answer.Json.GetProperty("id")}"));
        Assert.That(answer.Headers["Idempotency-Key"], Is.EqualTo(answer.Json.GetProperty("client_id").GetString()));
    }

    [Test]
    public async Task Forty_parallel_saves_take_the_revisions_after_the_first_without_a_gap()
    {
        var session = await user.SessionPath();

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(i => user.Post($"{session}/messages", new { role = "user", content = $"{i}" }))
        );

        Assert.That(answers.Select(a => a.Revision), Is.EquivalentTo(Enumerable.Range(2, 40)));
    }

    [Test]
    public async Task Fifty_identical_requests_under_one_key_make_one_message_and_equal_answers()
    {
        var session = await user.SessionPath();
        var key = Guid.NewGuid().ToString();

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(_ =>
                    user.Post($"{session}/messages", new { role = "user", content = "Once" }, ("Idempotency-Key", key))
                )
        );

        Assert.That(answers.Select(a => (a.Status, a.Text, a.Revision)).Distinct().Count(), Is.EqualTo(1));
        Assert.That(answers.Count(a => !a.Replayed), Is.EqualTo(1));
        Assert.That((await user.Get(session)).Json.GetProperty("messages").GetArrayLength(), Is.EqualTo(1));
    }

    [TestCase("""{"content": "x"}""", "role")]
    [TestCase("""{"role": "system", "content": "x"}""", "role")]
    [TestCase("""{"role": "user", "content": ""}""", "content")]
    [TestCase("""{"role": "user", "content": null}""", "content")]
    [TestCase("""{"role": "user", "content": "a\u0000b"}""", "content")]
    [TestCase("""{"role": "user", "content": "x", "message_type": "123456789012345678901"}""", "message_type")]
    [TestCase("""{"role": "user", "content": "x", "metadata": {"n": 1e400}}""", "metadata")]
    [TestCase("""{"role": "user", "content": "x", "metadata": {"n": 1e-400}}""", "metadata")]
    [TestCase("""{"role": "user", "content": "x", "attachments": [{"sha256": "00"}]}""", "attachments[0].sha256")]
    [TestCase("""{"role": "user", "content": "x", "attachments": [null]}""", "attachments[0]")]
    public async Task A_field_that_breaks_its_rule_is_422_and_named(string body, string field)
    {
        var session = await user.SessionPath();

        var answer = await user.Post($"{session}/messages", body);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((422, "validation_failed")), answer.Text);
        Assert.That(answer.Fields, Is.EqualTo(new[] { field }));
        Assert.That(
            (await user.Get(session)).Json.GetProperty("session").GetProperty("revision").GetInt64(),
            Is.EqualTo(1)
        );
    }
}
