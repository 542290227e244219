using System.Diagnostics;
using System.Text.Json;
using AiEditor.Persistence.Tests.Support;
using Dapper;

namespace AiEditor.Persistence.Tests.Infrastructure;

/// <summary>What one request may cost everybody else, however it is made.</summary>
public sealed class BatchBoundsTests
{
    const int MiB = 1024 * 1024;

    readonly Actor user = Actor.New();

    [Test]
    public async Task Depth_costs_no_more_than_length()
    {
        const int Depth = 4 * MiB - 64;
        var body = string.Concat("""{"operations": [""", new string('[', Depth), new string(']', Depth), "]}");

        var clock = Stopwatch.StartNew();
        var answer = await user.Post("/v1/batch", body);
        clock.Stop();

        var result = answer.Json.GetProperty("results")[0];
        Assert.That(result.GetProperty("problem").GetProperty("code").GetString(), Is.EqualTo("malformed_request"));
        // By the square of the depth it took hours.
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(20)));
    }

    [TestCase("""{"operations": [{}]} x""")]
    [TestCase("""{"operations": [{}], "operations": [{}]}""")]
    [TestCase("""{"operations": [{}], "more": 1}""")]
    [TestCase("""{"operations": [{}""")]
    [TestCase("""{"operations": [{]}""")]
    [TestCase("""{"\ud800": [{}]}""")]
    [TestCase("""{"operations": {}}""")]
    [TestCase("""[{}]""")]
    [TestCase("")]
    public async Task What_is_no_batch_is_400(string body)
    {
        var answer = await user.Post("/v1/batch", body);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
    }

    [Test]
    public async Task Every_broken_field_of_an_operation_is_named_at_once()
    {
        var answer = await user.Post(
            "/v1/batch",
            """{"operations": [{"type": "save_message", "role": "user", "content": ""}]}"""
        );

        var errors = answer.Json.GetProperty("results")[0].GetProperty("problem").GetProperty("errors");
        Assert.That(
            errors.EnumerateObject().Select(e => e.Name),
            Is.EquivalentTo(new[] { "session_id", "content" }),
            answer.Text
        );
    }

    [Test]
    public async Task Conflicts_that_are_too_much_for_one_answer_come_again_in_parts()
    {
        var session = await user.SessionPath();
        var components = new List<long>();
        for (var i = 0; i < 8; i++)
        {
            var id = (await user.Component(session, $"{i}", new string('x', MiB))).GetProperty("id").GetInt64();
            await user.Patch($"{session}/components/{id}", new { name = $"{i} renamed" });
            components.Add(id);
        }
        object[] operations =
        [
            new
            {
                type = "save_message",
                key = Guid.NewGuid(),
                session_id = Id(session),
                role = "user",
                content = "first",
            },
            .. components.Select(id => new
            {
                type = "update_component",
                key = Guid.NewGuid(),
                session_id = Id(session),
                item_id = id,
                base_version = 1,
                name = "mine",
            }),
        ];

        var whole = await user.Post("/v1/batch", new { operations });
        var parts = new List<JsonElement>();
        foreach (var operation in operations)
            parts.Add(
                (await user.Post("/v1/batch", new { operations = new[] { operation } })).Json.GetProperty("results")[0]
            );

        Assert.That((whole.Status, whole.Code), Is.EqualTo((413, "payload_too_large")), whole.Text[..200]);
        Assert.That(
            parts.Select(p => p.GetProperty("verdict").GetString()),
            Is.EqualTo(new[] { "replayed" }.Concat(Enumerable.Repeat("conflict", 8)))
        );
    }

    [Test]
    [NonParallelizable]
    public async Task Merges_that_take_long_hold_up_no_other_session_for_long()
    {
        var lines = Enumerable.Range(0, 1900).Select(i => $"line {i}").ToArray();
        var shuffled = new Random(7);
        string Code() => string.Join('\n', lines.OrderBy(_ => shuffled.Next()));
        var session = await user.SessionPath();
        var id = (await user.Component(session, "Shuffled", string.Join('\n', lines))).GetProperty("id").GetInt64();
        await user.Patch($"{session}/components/{id}", new { jsx_code = Code(), css_code = Code() });
        var operations = Enumerable
            .Range(0, 300)
            .Select(_ => new
            {
                type = "update_component",
                session_id = Id(session),
                item_id = id,
                base_version = 1,
                on_conflict = "merge",
                jsx_code = Code(),
            })
            .ToArray();
        var stranger = Actor.New();
        var paths = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => stranger.SessionPath()));

        var batch = user.Post("/v1/batch", new { operations });
        var saves = await Task.WhenAll(
            paths.Select(async path =>
            {
                var clock = Stopwatch.StartNew();
                var save = await stranger.Post($"{path}/messages", new { role = "user", content = "meanwhile" });
                return (save.Status, clock.Elapsed);
            })
        );
        var whole = await batch;

        Assert.That(saves.Select(s => s.Status), Is.All.EqualTo(201));
        Assert.That(saves.Max(s => s.Elapsed), Is.LessThan(TimeSpan.FromSeconds(5)));
        // Fast enough a machine merges all of them in its second.
        Assert.That(whole.Status, Is.EqualTo(413).Or.EqualTo(200), whole.Text[..Math.Min(300, whole.Text.Length)]);
        var alone = await user.Post("/v1/batch", new { operations = operations[..1] });
        Assert.That(
            alone.Json.GetProperty("results")[0].GetProperty("verdict").GetString(),
            Is.EqualTo("conflict").Or.EqualTo("merged")
        );
    }

    [Test]
    public async Task A_replay_of_what_the_trash_has_lost_since_has_its_first_status_and_nothing_to_show()
    {
        var session = await user.SessionPath();
        var (saving, changing, turn) = (
            Guid.NewGuid().ToString(),
            Guid.NewGuid().ToString(),
            Guid.NewGuid().ToString()
        );
        var saved = await user.Post(
            $"{session}/messages",
            new { role = "user", content = "x" },
            ("Idempotency-Key", saving)
        );
        var message = saved.Headers["Location"];
        await user.Patch(message, new { content = "y" }, ("Idempotency-Key", changing));
        var parts = new
        {
            message = new { content = "m" },
            components = new[] { new { name = "C", jsx_code = "<b/>" } },
        };
        await user.Post($"{session}/turns", parts, ("Idempotency-Key", turn));
        await using var behind = await TestCluster.OpenAsync();
        await behind.ExecuteAsync(
            "delete from chat_messages where session_id = @Id; delete from components where session_id = @Id",
            new { Id = Id(session) }
        );

        var again = await user.Post(
            $"{session}/messages",
            new { content = "x", role = "user" },
            ("Idempotency-Key", saving)
        );
        var changed = await user.Patch(message, new { content = "y" }, ("Idempotency-Key", changing));
        var turned = await user.Post($"{session}/turns", parts, ("Idempotency-Key", turn));

        Assert.That((again.Status, again.Revision, again.Text), Is.EqualTo((201, saved.Revision, "")));
        Assert.That(again.Headers["Idempotency-Replayed"], Is.EqualTo("true"));
        Assert.That((changed.Status, changed.Text), Is.EqualTo((200, "")));
        Assert.That(turned.Status, Is.EqualTo(201), turned.Text);
        Assert.That(turned.Json.GetProperty("components").GetArrayLength(), Is.Zero);
    }

    static long Id(string sessionPath) =>
        long.Parse(sessionPath.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
}
