using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class LoadSessionTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task A_new_session_is_there_and_empty()
    {
        var made = await user.Post("/v1/sessions", new { title = "New", description = "Empty" });

        var answer = await user.Get(made.Headers["Location"]);

        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That(answer.Json.GetProperty("session").GetRawText(), Is.EqualTo(made.Text));
        foreach (var list in (string[])["messages", "components", "interactions"])
            Assert.That(answer.Json.GetProperty(list).GetRawText(), Is.EqualTo("[]"));
        foreach (var cursor in (string[])["older_messages_cursor", "older_interactions_cursor"])
            Assert.That(answer.Json.GetProperty(cursor).GetRawText(), Is.EqualTo("null"));
        Assert.That(answer.Headers["ETag"], Is.EqualTo("W/\"1\""));
    }

    [Test]
    public async Task The_newest_messages_are_there_oldest_first_with_a_cursor_to_older_ones()
    {
        var session = await user.SessionPath();
        foreach (var content in (string[])["1", "2", "3"])
            await user.Message(session, content);

        var some = await user.Get($"{session}?limit=2");
        var all = await user.Get($"{session}?limit=3");

        Assert.That(Contents(some), Is.EqualTo(new[] { "2", "3" }));
        Assert.That(some.Json.GetProperty("older_messages_cursor").GetString(), Is.Not.Empty);
        Assert.That(some.Json.GetProperty("older_interactions_cursor").GetRawText(), Is.EqualTo("null"));
        Assert.That(Contents(all), Is.EqualTo(new[] { "1", "2", "3" }));
        Assert.That(all.Json.GetProperty("older_messages_cursor").GetRawText(), Is.EqualTo("null"));
    }

    [Test]
    public async Task The_etag_is_the_revision_and_moves_with_every_mutation()
    {
        var session = await user.SessionPath();
        var before = await user.Get(session);

        await user.Message(session);

        var after = await user.Get(session);
        Assert.That((before.Headers["ETag"], after.Headers["ETag"]), Is.EqualTo(("W/\"1\"", "W/\"2\"")));
        Assert.That(after.Json.GetProperty("session").GetProperty("revision").GetInt64(), Is.EqualTo(2));
    }

    [Test]
    public async Task The_etag_is_of_the_same_moment_as_the_rows_even_while_others_write()
    {
        var session = await user.SessionPath();
        var writing = Task.WhenAll(Enumerable.Range(0, 60).Select(_ => user.Message(session)));

        var loads = new List<Answer>();
        do loads.Add(await user.Get(session));
        while (!writing.IsCompleted);
        await writing;

        foreach (var load in loads)
            Assert.That(
                load.Headers["ETag"],
                Is.EqualTo($"W/\"{1 + load.Json.GetProperty("messages").GetArrayLength()}\"")
            );
    }

    [TestCase("W/\"1\"", 304)]
    [TestCase("\"1\"", 304)]
    [TestCase("\"7\", W/\"1\"", 304)]
    [TestCase("*", 304)]
    [TestCase("W/\"2\"", 200)]
    [TestCase("W/\"11\"", 200)]
    [TestCase("nonsense", 200)]
    public async Task What_the_client_has_already_is_304(string known, int status)
    {
        var session = await user.SessionPath();

        var answer = await user.Get(session, ("If-None-Match", known));

        Assert.That(answer.Status, Is.EqualTo(status), answer.Text);
        Assert.That(answer.Headers["ETag"], Is.EqualTo("W/\"1\""));
        Assert.That(answer.Text, status == 304 ? Is.Empty : Is.Not.Empty);
    }

    [TestCase("limit=1", 200)]
    [TestCase("limit=1000", 200)]
    [TestCase("unknown=1", 200)]
    [TestCase("limit=0", 400)]
    [TestCase("limit=1001", 400)]
    [TestCase("limit=-1", 400)]
    [TestCase("limit=1.5", 400)]
    [TestCase("limit=", 400)]
    [TestCase("limit=99999999999999999999", 400)]
    [TestCase("limit=5&limit=5", 400)]
    public async Task The_limit_is_a_whole_number_from_1_to_1000(string query, int status)
    {
        var session = await user.SessionPath();

        var answer = await user.Get($"{session}?{query}");

        Assert.That(answer.Status, Is.EqualTo(status), answer.Text);
        if (status == 400)
            Assert.That((answer.Code, answer.Fields), Is.EqualTo(("malformed_request", new[] { "limit" })));
    }

    [Test]
    public async Task A_foreign_session_is_like_one_that_never_was()
    {
        var session = await user.SessionPath();
        var other = Actor.New();

        var foreign = await other.Get(session);
        var knownToTheService = await other.Get(session, ("If-None-Match", "W/\"1\""));
        var never = await other.Get("/v1/sessions/9007199254740991");

        Assert.That((foreign.Status, foreign.Code), Is.EqualTo((404, "not_found")));
        Assert.That(foreign.WithoutTrace, Is.EqualTo(never.WithoutTrace));
        Assert.That(knownToTheService.WithoutTrace, Is.EqualTo(never.WithoutTrace));
        Assert.That(foreign.Headers.Keys, Is.EquivalentTo(never.Headers.Keys));
    }

    [TestCase("0")]
    [TestCase("-1")]
    [TestCase("01")]
    [TestCase("1x")]
    [TestCase("%20")]
    [TestCase("9007199254740992")]
    [TestCase("99999999999999999999")]
    public async Task What_is_no_id_is_404(string id)
    {
        var answer = await user.Get($"/v1/sessions/{id}");

        Assert.That((answer.Status, answer.Code), Is.EqualTo((404, "not_found")), answer.Text);
    }

    static string?[] Contents(Answer answer) =>
        [.. answer.Json.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("content").GetString())];
}
