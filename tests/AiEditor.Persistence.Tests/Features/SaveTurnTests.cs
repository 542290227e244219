using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class SaveTurnTests
{
    readonly Actor user = Actor.New();

    static object Whole =>
        new
        {
            message = new { content = "A red button" },
            reply = new { content = "Here" },
            interaction = new
            {
                prompt = "p",
                response = "",
                interaction_type = "edit",
            },
            components = new[] { new { name = "A", jsx_code = "<a/>" }, new { name = "B", jsx_code = "<b/>" } },
        };

    [Test]
    public async Task A_turn_takes_consecutive_revisions_in_the_order_of_its_parts_with_default_roles()
    {
        var session = await user.SessionPath();

        var turn = await user.Post($"{session}/turns", Whole);

        Assert.That(turn.Status, Is.EqualTo(201), turn.Text);
        Assert.That(
            (
                turn.Json.GetProperty("message").GetProperty("revision").GetInt64(),
                turn.Json.GetProperty("reply").GetProperty("revision").GetInt64(),
                turn.Json.GetProperty("interaction").GetProperty("revision").GetInt64(),
                turn.Json.GetProperty("components")[0].GetProperty("revision").GetInt64(),
                turn.Json.GetProperty("components")[1].GetProperty("revision").GetInt64()
            ),
            Is.EqualTo((2, 3, 4, 6, 6))
        );
        // The second component, becoming the current one, touched the first.
        Assert.That(
            turn.Json.GetProperty("components").EnumerateArray().Select(c => c.GetProperty("is_current").GetBoolean()),
            Is.EqualTo(new[] { false, true })
        );
        Assert.That(turn.Json.GetProperty("message").GetProperty("role").GetString(), Is.EqualTo("user"));
        Assert.That(turn.Json.GetProperty("reply").GetProperty("role").GetString(), Is.EqualTo("assistant"));
        Assert.That(turn.Revision, Is.EqualTo(6));
        var current = await user.Get($"{session}/components/current");
        Assert.That(current.Json.GetProperty("name").GetString(), Is.EqualTo("B"));
    }

    [Test]
    public async Task What_was_not_sent_is_null_or_empty_in_the_answer()
    {
        var session = await user.SessionPath();

        var turn = await user.Post($"{session}/turns", new { reply = new { content = "Only this" } });

        Assert.That(turn.Json.GetProperty("message").ValueKind, Is.EqualTo(System.Text.Json.JsonValueKind.Null));
        Assert.That(turn.Json.GetProperty("interaction").ValueKind, Is.EqualTo(System.Text.Json.JsonValueKind.Null));
        Assert.That(turn.Json.GetProperty("components").GetArrayLength(), Is.Zero);
        Assert.That(turn.Json.GetProperty("reply").GetProperty("content").GetString(), Is.EqualTo("Only this"));
    }

    [Test]
    public async Task The_same_turn_again_is_a_replay_with_the_same_answer()
    {
        var session = await user.SessionPath();
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => user.Post($"{session}/turns", Whole, key))
        );
        var later = await user.Post($"{session}/turns", Whole, key);

        Assert.That(
            answers.Append(later).Select(a => (a.Status, a.Revision)).Distinct(),
            Is.EqualTo(new[] { (201, 6L) })
        );
        Assert.That(answers.Count(a => !a.Replayed), Is.EqualTo(1));
        Assert.That(later.Replayed, Is.True);
        Assert.That(
            (await user.Get(session)).Json.GetProperty("session").GetProperty("revision").GetInt64(),
            Is.EqualTo(6)
        );
    }

    [Test]
    public async Task The_requests_own_key_finds_the_first_parts_receipt_and_parts_have_their_derived_keys()
    {
        var session = await user.SessionPath();
        const string Key = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";

        var turn = await user.Post(
            $"{session}/turns",
            new { message = new { content = "m" }, reply = new { content = "r" } },
            ("Idempotency-Key", Key)
        );
        var receipt = await user.Get($"/v1/operations/{Key}");

        // python3 -c "import uuid; print(uuid.uuid5(uuid.UUID('6ba7b810-9dad-11d1-80b4-00c04fd430c8'), 'message'))"
        Assert.That(
            turn.Json.GetProperty("message").GetProperty("client_id").GetString(),
            Is.EqualTo("bcf0757c-c1c2-59ec-9565-f9e95928a0dc")
        );
        Assert.That(receipt.Json.GetProperty("key").GetString(), Is.EqualTo("bcf0757c-c1c2-59ec-9565-f9e95928a0dc"));
        Assert.That(receipt.Json.GetProperty("revision").GetInt64(), Is.EqualTo(2));
        Assert.That(
            (await user.Get($"/v1/operations/{turn.Json.GetProperty("reply").GetProperty("client_id")}"))
                .Json.GetProperty("revision")
                .GetInt64(),
            Is.EqualTo(3)
        );
    }

    [Test]
    public async Task A_key_that_did_something_else_refuses_the_whole_turn()
    {
        var session = await user.SessionPath();
        var used = Guid.NewGuid();
        await user.Post(
            $"{session}/messages",
            new { role = "user", content = "earlier" },
            ("Idempotency-Key", used.ToString())
        );

        var turn = await user.Post(
            $"{session}/turns",
            new { message = new { content = "new" }, reply = new { key = used, content = "other" } }
        );

        Assert.That((turn.Status, turn.Code), Is.EqualTo((422, "idempotency_key_reused")), turn.Text);
        Assert.That((await user.Get(session)).Json.GetProperty("messages").GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_part_that_was_saved_alone_before_refuses_a_turn_with_new_parts_beside_it()
    {
        var session = await user.SessionPath();
        var used = Guid.NewGuid();
        await user.Post(
            $"{session}/messages",
            new { role = "user", content = "m" },
            ("Idempotency-Key", used.ToString())
        );

        var turn = await user.Post(
            $"{session}/turns",
            new { message = new { key = used, content = "m" }, reply = new { content = "r" } }
        );

        Assert.That((turn.Status, turn.Code), Is.EqualTo((422, "idempotency_key_reused")), turn.Text);
    }

    [Test]
    public async Task A_part_of_a_turn_sent_alone_under_its_key_is_a_replay()
    {
        var session = await user.SessionPath();
        var key = Guid.NewGuid();
        await user.Post(
            $"{session}/turns",
            new { message = new { key, content = "m" }, reply = new { content = "r" } }
        );

        var alone = await user.Post(
            $"{session}/messages",
            new { role = "user", content = "m" },
            ("Idempotency-Key", key.ToString())
        );

        Assert.That((alone.Status, alone.Replayed, alone.Revision), Is.EqualTo((201, true, 2L)), alone.Text);
    }

    [Test]
    public async Task The_key_of_a_turn_does_nothing_else()
    {
        var session = await user.SessionPath();
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        await user.Post(
            $"{session}/turns",
            new { message = new { content = "m" }, reply = new { content = "r" } },
            key
        );

        var shorter = await user.Post($"{session}/turns", new { message = new { content = "m" } }, key);
        var alone = await user.Post($"{session}/messages", new { role = "user", content = "m" }, key);

        Assert.That((shorter.Status, shorter.Code), Is.EqualTo((422, "idempotency_key_reused")), shorter.Text);
        Assert.That((alone.Status, alone.Code), Is.EqualTo((422, "idempotency_key_reused")), alone.Text);
    }

    [TestCase("""{}""", "message")]
    [TestCase("""{"components": []}""", "message")]
    [TestCase(
        """{"message": {"content": ""}, "components": [{"name": "", "jsx_code": "x"}]}""",
        "message.content",
        "components[0].name"
    )]
    [TestCase("""{"message": {"content": "a\u0000"}}""", "message.content")]
    [TestCase("""{"reply": {"content": "x", "metadata": {"n": 1e999}}}""", "reply.metadata")]
    [TestCase(
        """{"message": {"key": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "content": "x"}, "reply": {"key": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "content": "x"}}""",
        "reply.key"
    )]
    public async Task Every_broken_field_of_every_part_is_named_and_nothing_is_kept(string body, params string[] fields)
    {
        var session = await user.SessionPath();

        var turn = await user.Post($"{session}/turns", body);

        Assert.That((turn.Status, turn.Code), Is.EqualTo((422, "validation_failed")), turn.Text);
        Assert.That(turn.Fields, Is.EquivalentTo(fields));
        Assert.That(
            (await user.Get(session)).Json.GetProperty("session").GetProperty("revision").GetInt64(),
            Is.EqualTo(1)
        );
    }

    [TestCase("""{"message": "x"}""", "message")]
    [TestCase("""{"message": {"content": 1}}""", "message.content")]
    [TestCase("""{"message": {"content": "x", "colour": 1}}""", "message.colour")]
    [TestCase("""{"message": {"content": "x", "key": "no uuid"}}""", "message.key")]
    [TestCase("""{"components": [null]}""", "components[0]")]
    [TestCase("""{"thought": {}}""", "thought")]
    [TestCase("""{"message": {"content": "\ud800"}}""", "message.content")]
    public async Task What_cannot_be_read_is_400_and_named(string body, string field)
    {
        var session = await user.SessionPath();

        var turn = await user.Post($"{session}/turns", body);

        Assert.That((turn.Status, turn.Code), Is.EqualTo((400, "malformed_request")), turn.Text);
        Assert.That(turn.Fields, Is.EqualTo(new[] { field }));
    }
}
