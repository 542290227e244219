using AiEditor.Persistence.Tests.Support;
using Dapper;

namespace AiEditor.Persistence.Tests.Features;

public sealed class DeleteSessionTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task A_deleted_session_is_found_in_the_trash_only()
    {
        var session = await user.SessionPath();

        var answer = await user.Delete(session);

        Assert.That((answer.Status, answer.Text, answer.Revision), Is.EqualTo((204, "", 2)));
        Assert.That((await user.Get("/v1/sessions")).Json.GetProperty("items").GetArrayLength(), Is.Zero);
        Assert.That(
            (await user.Get("/v1/sessions?trashed=true")).Json.GetProperty("items").GetArrayLength(),
            Is.EqualTo(1)
        );
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Trashed_or_erased_it_is_for_every_other_request_like_a_session_that_never_was(bool permanent)
    {
        var session = await user.SessionPath();
        await user.Message(session);
        await user.Delete(permanent ? $"{session}?permanent=true" : session);

        var never = await user.Get("/v1/sessions/9007199254740991");
        var answers = new[]
        {
            await user.Get(session),
            await user.Get(session, ("If-None-Match", "*")),
            await user.Patch(session, new { title = "x" }),
            await user.Delete(session),
            await user.Post($"{session}/messages", new { role = "user", content = "x" }),
            await user.Post($"{session}/components", new { name = "x", jsx_code = "x" }),
            await user.Post(
                $"{session}/interactions",
                new
                {
                    prompt = "x",
                    response = "x",
                    interaction_type = "x",
                }
            ),
        };
        if (permanent)
            answers =
            [
                .. answers,
                await user.Post($"{session}/restore"),
                await user.Delete($"{session}?permanent=true"),
                await Actor.New().Get(session),
            ];

        Assert.That(answers.Select(a => a.Status), Is.All.EqualTo(404));
        Assert.That(answers.Select(a => a.WithoutTrace), Is.All.EqualTo(never.WithoutTrace));
    }

    [Test]
    public async Task The_replay_of_a_delete_is_204()
    {
        var session = await user.SessionPath();
        var key = Guid.NewGuid().ToString();
        await user.Delete(session, ("Idempotency-Key", key));

        var again = await user.Delete(session, ("Idempotency-Key", key));

        Assert.That((again.Status, again.Revision, again.Replayed), Is.EqualTo((204, 2, true)));
        Assert.That(again.Headers["Idempotency-Key"], Is.EqualTo(key));
    }

    [Test]
    public async Task Of_many_deletes_at_once_one_deletes()
    {
        var session = await user.SessionPath();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => user.Delete(session)));

        Assert.That(answers.Count(a => a.Status == 204), Is.EqualTo(1));
        Assert.That(answers.Count(a => a.Status == 404), Is.EqualTo(9));
    }

    [Test]
    public async Task Keys_of_what_was_done_before_still_answer_from_the_trash()
    {
        var session = await user.SessionPath();
        var key = Guid.NewGuid().ToString();
        var message = new { role = "user", content = "Said" };
        await user.Post($"{session}/messages", message, ("Idempotency-Key", key));
        await user.Delete(session);

        var again = await user.Post($"{session}/messages", message, ("Idempotency-Key", key));

        Assert.That((again.Status, again.Revision, again.Replayed), Is.EqualTo((201, 2, true)), again.Text);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Erasing_leaves_nothing_behind_whether_it_lived_or_was_in_the_trash(bool trashed)
    {
        var session = await user.SessionPath();
        var id = long.Parse(session.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
        await user.Message(session);
        await using var database = await TestCluster.OpenAsync();
        await database.ExecuteAsync(ComponentWithHistory, new { Id = id });
        if (trashed)
            await user.Delete(session);
        var key = Guid.NewGuid().ToString();

        var answer = await user.Delete($"{session}?permanent=true", ("Idempotency-Key", key));

        Assert.That((answer.Status, answer.Text, answer.Revision), Is.EqualTo((204, "", trashed ? 4 : 3)));
        Assert.That((answer.Headers["Idempotency-Key"], answer.Replayed), Is.EqualTo((key, false)));
        Assert.That(await database.QueryAsync<string>(Leftovers, new { Id = id }), Is.Empty);
        Assert.That((await user.Get("/v1/sessions?trashed=true")).Json.GetProperty("items").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task After_an_erasure_all_its_keys_are_free_again()
    {
        var made = await user.Post("/v1/sessions", new { title = "One" });
        var key = made.Headers["Idempotency-Key"];
        var eraser = Guid.NewGuid().ToString();
        await user.Delete($"{made.Headers["Location"]}?permanent=true", ("Idempotency-Key", eraser));

        Assert.That((await user.Get($"/v1/operations/{key}")).Status, Is.EqualTo(404));
        foreach (var free in (string[])[key, eraser])
        {
            var answer = await user.Post("/v1/sessions", new { title = "Two" }, ("Idempotency-Key", free));
            Assert.That((answer.Status, answer.Replayed), Is.EqualTo((201, false)), answer.Text);
        }
    }

    [Test]
    public async Task A_key_that_did_something_else_erases_nothing()
    {
        var session = await user.SessionPath();
        var used = (await user.Post("/v1/sessions", new { title = "Other" })).Headers["Idempotency-Key"];

        var answer = await user.Delete($"{session}?permanent=true", ("Idempotency-Key", used));

        Assert.That((answer.Status, answer.Code), Is.EqualTo((422, "idempotency_key_reused")), answer.Text);
        Assert.That((await user.Get(session)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Erasing_while_others_write_leaves_no_orphans_and_no_errors()
    {
        var session = await user.SessionPath();
        var id = long.Parse(session.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
        var message = new { role = "user", content = "x" };

        var saving = Enumerable.Range(0, 40).Select(_ => user.Post($"{session}/messages", message)).ToArray();
        var erasing = Enumerable.Range(0, 3).Select(_ => user.Delete($"{session}?permanent=true")).ToArray();

        Assert.That((await Task.WhenAll(erasing)).Select(a => a.Status), Is.EquivalentTo([204, 404, 404]));
        Assert.That((await Task.WhenAll(saving)).Select(a => a.Status), Is.All.AnyOf(201, 404));
        await using var database = await TestCluster.OpenAsync();
        Assert.That(await database.QueryAsync<string>(Leftovers, new { Id = id }), Is.Empty);
    }

    [Test]
    public async Task Erasing_while_the_creation_is_sent_again_leaves_no_errors()
    {
        for (var round = 0; round < 15; round++)
        {
            var key = Guid.NewGuid().ToString();
            var made = await CreateAsync(key);

            var again = Enumerable.Range(0, 12).Select(_ => CreateAsync(key)).ToArray();
            var erased = await user.Delete($"{made.Headers["Location"]}?permanent=true");

            Assert.That(erased.Status, Is.EqualTo(204), erased.Text);
            Assert.That((await Task.WhenAll(again)).Select(a => a.Status), Is.All.AnyOf(201, 503));
        }

        Task<Answer> CreateAsync(string key) =>
            user.Post("/v1/sessions", new { title = "Again" }, ("Idempotency-Key", key));
    }

    [Test]
    public async Task An_erasure_that_no_standby_has_is_503_and_not_204()
    {
        using var cluster = new StrandedCluster();
        await using var service = await Service.StartAsync(("DATABASE_URL", cluster.Url));
        var owner = Actor.New(service);
        var session = await owner.SessionPath();
        await cluster.LoseStandbyAsync();

        var erasing = owner.Delete($"{session}?permanent=true");
        await cluster.CancelWaitAsync();

        var answer = await erasing;
        Assert.That((answer.Status, answer.Code), Is.EqualTo((503, "unavailable")), answer.Text);
        Assert.That(answer.Headers, Does.ContainKey("Retry-After"));
    }

    [TestCase("permanent=yes")]
    [TestCase("permanent=")]
    [TestCase("permanent=true&permanent=true")]
    public async Task A_query_that_is_neither_true_nor_false_deletes_nothing(string query)
    {
        var session = await user.SessionPath();

        var answer = await user.Delete($"{session}?{query}");

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
        Assert.That((await user.Get(session)).Status, Is.EqualTo(200));
    }

    [TestCase("")]
    [TestCase("?permanent=true")]
    public async Task A_key_that_is_no_UUID_deletes_nothing(string query)
    {
        var session = await user.SessionPath();

        var answer = await user.Delete(session + query, ("Idempotency-Key", "one"));

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
        Assert.That((await user.Get(session)).Status, Is.EqualTo(200));
    }

    [TestCase("")]
    [TestCase("?permanent=true")]
    [TestCase("?permanent=yes")]
    public async Task A_foreign_session_is_like_one_that_never_was(string query)
    {
        var session = await user.SessionPath();
        var other = Actor.New();

        var foreign = await other.Delete(session + query);
        var never = await other.Delete("/v1/sessions/9007199254740991" + query);

        Assert.That((foreign.Status, foreign.WithoutTrace), Is.EqualTo((404, never.WithoutTrace)));
        Assert.That((await user.Get(session)).Status, Is.EqualTo(200));
    }

    const string ComponentWithHistory = """
        insert into components (session_id, id, client_id, revision, version, version_revision, version_created_at, name,
                                jsx_code, css_code, component_type, is_current, metadata, created_at, updated_at)
        overriding system value
        values (@Id, 1, gen_random_uuid(), 1, 2, 1, now(), 'x', 'x', '', 'component', true, '{}', now(), now());
        insert into component_versions
            (session_id, component_id, version, revision, name, jsx_code, css_code, component_type, metadata, created_at)
        values (@Id, 1, 1, 1, 'x', 'x', '', 'component', '{}', now());
        insert into interactions
            (session_id, id, client_id, revision, prompt, response, interaction_type, metadata, created_at)
        overriding system value
        values (@Id, 1, gen_random_uuid(), 1, 'x', 'x', 'x', '{}', now())
        """;

    const string Leftovers = """
        select 'sessions' from sessions where id = @Id
        union all select 'session_journal' from session_journal where session_id = @Id
        union all select 'chat_messages' from chat_messages where session_id = @Id
        union all select 'components' from components where session_id = @Id
        union all select 'component_versions' from component_versions where session_id = @Id
        union all select 'interactions' from interactions where session_id = @Id
        """;
}
