using System.Text.Json;
using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class UpdateSessionTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task What_is_given_changes_and_the_rest_stays()
    {
        var made = await user.Post("/v1/sessions", new { title = "Old", description = "Kept" });

        var answer = await user.Patch(made.Headers["Location"], new { title = "New" });

        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That(Fields(answer.Json), Is.EqualTo(("New", "Kept", true, 2)));
        Assert.That(answer.Revision, Is.EqualTo(2));
        Assert.That(
            answer.Json.GetProperty("updated_at").GetDateTime(),
            Is.GreaterThan(made.Json.GetProperty("updated_at").GetDateTime())
        );
        Assert.That(
            answer.Json.GetProperty("created_at").GetRawText(),
            Is.EqualTo(made.Json.GetProperty("created_at").GetRawText())
        );
        var loaded = await user.Get(made.Headers["Location"]);
        Assert.That(loaded.Json.GetProperty("session").GetRawText(), Is.EqualTo(answer.Text));
    }

    [Test]
    public async Task A_null_takes_the_description_away()
    {
        var made = await user.Post("/v1/sessions", new { title = "Described", description = "Gone soon" });

        var answer = await user.Patch(made.Headers["Location"], """{"description": null, "is_active": false}""");

        Assert.That(Fields(answer.Json), Is.EqualTo(("Described", (string?)null, false, 2)));
    }

    [Test]
    public async Task A_patch_that_changes_nothing_still_takes_a_revision()
    {
        var session = await user.SessionPath("Same");

        var empty = await user.Patch(session, "{}");
        var equal = await user.Patch(session, new { title = "Same", is_active = true });

        Assert.That((empty.Status, empty.Revision, equal.Status, equal.Revision), Is.EqualTo((200, 2, 200, 3)));
        Assert.That(Fields(equal.Json), Is.EqualTo(("Same", (string?)null, true, 3)));
    }

    [Test]
    public async Task A_merge_patch_may_call_itself_one()
    {
        var session = await user.SessionPath();
        using var patch = new StringContent("""{"title": "Patched"}""", null, "application/merge-patch+json");

        var answer = await user.Patch(session, patch);

        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That(answer.Json.GetProperty("title").GetString(), Is.EqualTo("Patched"));
    }

    [TestCase("""{"title": null}""", "title")]
    [TestCase("""{"title": ""}""", "title")]
    [TestCase("""{"title": "  "}""", "title")]
    [TestCase("""{"title": "a\u0000"}""", "title")]
    [TestCase("""{"is_active": null}""", "is_active")]
    [TestCase("""{"title": null, "is_active": null}""", "title", "is_active")]
    public async Task A_field_that_breaks_its_rule_is_422_and_named(string body, params string[] fields)
    {
        var session = await user.SessionPath();

        var answer = await user.Patch(session, body);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((422, "validation_failed")), answer.Text);
        Assert.That(answer.Fields, Is.EquivalentTo(fields));
        Assert.That((await user.Get(session)).Headers["ETag"], Is.EqualTo("W/\"1\""));
    }

    [Test]
    public async Task A_title_and_a_description_keep_their_limits()
    {
        var session = await user.SessionPath();

        var answer = await user.Patch(
            session,
            new { title = new string('x', 256), description = new string('x', 8193) }
        );

        Assert.That(answer.Fields, Is.EquivalentTo(["title", "description"]), answer.Text);
    }

    [TestCase("""{"title": 5}""", "title")]
    [TestCase("""{"is_active": "true"}""", "is_active")]
    [TestCase("""{"is_active": 1}""", "is_active")]
    [TestCase("""{"description": {}}""", "description")]
    public async Task A_value_of_the_wrong_type_is_400_and_named(string body, string field)
    {
        var session = await user.SessionPath();

        var answer = await user.Patch(session, body);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
        Assert.That(answer.Fields, Is.EqualTo(new[] { field }));
    }

    [TestCase("""{"id": 1}""")]
    [TestCase("""{"revision": 9}""")]
    [TestCase("""{"user_id": 9}""")]
    [TestCase("""{"title": "x", "title": "y"}""")]
    [TestCase("""[]""")]
    public async Task What_is_not_in_the_contract_is_400(string body)
    {
        var session = await user.SessionPath();

        Assert.That((await user.Patch(session, body)).Code, Is.EqualTo("malformed_request"));
    }

    [Test]
    public async Task The_same_patch_under_the_same_key_is_done_once()
    {
        var session = await user.SessionPath();
        var key = Guid.NewGuid().ToString();
        await user.Patch(session, new { title = "Once" }, ("Idempotency-Key", key));
        await user.Patch(session, new { title = "Later" });

        var again = await user.Patch(session, new { title = "Once" }, ("Idempotency-Key", key));
        var reused = await user.Patch(session, new { title = "Other" }, ("Idempotency-Key", key));
        var elsewhere = await user.Patch(await user.SessionPath(), new { title = "Once" }, ("Idempotency-Key", key));

        Assert.That((again.Status, again.Revision, again.Replayed), Is.EqualTo((200, 2, true)));
        Assert.That(Fields(again.Json), Is.EqualTo(("Later", (string?)null, true, 3)));
        Assert.That((reused.Status, reused.Code), Is.EqualTo((422, "idempotency_key_reused")));
        Assert.That((elsewhere.Status, elsewhere.Code), Is.EqualTo((422, "idempotency_key_reused")));
    }

    [Test]
    public async Task Parallel_patches_of_different_fields_all_stay()
    {
        var session = await user.SessionPath();

        var answers = await Task.WhenAll(
            user.Patch(session, new { title = "Renamed" }),
            user.Patch(session, new { description = "Described" }),
            user.Patch(session, new { is_active = false })
        );

        Assert.That(answers.Select(a => a.Revision), Is.EquivalentTo([2, 3, 4]));
        var loaded = (await user.Get(session)).Json.GetProperty("session");
        Assert.That(Fields(loaded), Is.EqualTo(("Renamed", "Described", false, 4)));
    }

    [Test]
    public async Task A_foreign_session_is_like_one_that_never_was_whatever_the_body()
    {
        var session = await user.SessionPath();
        var other = Actor.New();

        var never = await other.Patch("/v1/sessions/9007199254740991", "{}");

        foreach (var body in (string[])["{}", "not json", """{"title": null}"""])
        {
            var foreign = await other.Patch(session, body);
            Assert.That((foreign.Status, foreign.WithoutTrace), Is.EqualTo((404, never.WithoutTrace)));
        }
        Assert.That((await user.Get(session)).Headers["ETag"], Is.EqualTo("W/\"1\""));
    }

    static (string?, string?, bool, long) Fields(JsonElement session) =>
        (
            session.GetProperty("title").GetString(),
            session.GetProperty("description").GetString(),
            session.GetProperty("is_active").GetBoolean(),
            session.GetProperty("revision").GetInt64()
        );
}
