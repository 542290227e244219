using System.Security.Cryptography;
using System.Text;
using AiEditor.Persistence.Tests.Support;
using Dapper;

namespace AiEditor.Persistence.Tests.Features;

public sealed class GetOperationTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task A_receipt_tells_what_happened_where_and_when()
    {
        var session = await user.SessionPath();
        var saved = await user.Post($"{session}/messages", new { role = "user", content = "Hello" });

        var answer = await user.Get($"/v1/operations/{saved.Headers["Idempotency-Key"]}");

        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That(
            answer.Json.EnumerateObject().Select(m => $"{m.Name} {m.Value}"),
            Is.EquivalentTo([
                $"key {saved.Headers["Idempotency-Key"]}",
                $"session_id {session.Split('/')[^1]}",
                "revision 2",
                "kind message",
                "action create",
                $"item_id {saved.Json.GetProperty("id")}",
                $"sha256 {Sha256("""{"content":"Hello","role":"user"}""")}",
                $"created_at {saved.Json.GetProperty("created_at")}",
            ])
        );
    }

    [Test]
    public async Task The_hash_is_of_the_content_and_not_of_its_spelling()
    {
        var session = await user.SessionPath();

        var one = await HashAsync(
            """{"role":"user","content":"é","metadata":{"a":1e2,"b":0.5,"c":9007199254740993}}"""
        );
        var other = await HashAsync(
            """{"metadata": {"c": 9007199254740993.0, "b": 5e-1, "a": 100.00}, "content": "\u00E9", "role": "\u0075ser"}"""
        );
        var different = await HashAsync(
            """{"role":"user","content":"é","metadata":{"a":1e2,"b":0.5,"c":9007199254740992}}"""
        );

        Assert.That(other, Is.EqualTo(one));
        Assert.That(different, Is.Not.EqualTo(one));

        async Task<string?> HashAsync(string body)
        {
            var saved = await user.Post($"{session}/messages", body);
            Assert.That(saved.Status, Is.EqualTo(201), saved.Text);
            var receipt = await user.Get($"/v1/operations/{saved.Headers["Idempotency-Key"]}");
            return receipt.Json.GetProperty("sha256").GetString();
        }
    }

    [Test]
    public async Task An_operation_that_never_happened_or_was_refused_or_is_anothers_is_404()
    {
        var refused = Guid.NewGuid().ToString();
        await user.Post("/v1/sessions", new { title = "" }, ("Idempotency-Key", refused));
        var done = (await user.Post("/v1/sessions", new { title = "Mine" })).Headers["Idempotency-Key"];

        var never = await user.Get($"/v1/operations/{Guid.NewGuid()}");
        var afterRefusal = await user.Get($"/v1/operations/{refused}");
        var foreign = await Actor.New().Get($"/v1/operations/{done}");

        Assert.That((never.Status, never.Code), Is.EqualTo((404, "not_found")));
        Assert.That(afterRefusal.WithoutTrace, Is.EqualTo(never.WithoutTrace));
        Assert.That(foreign.WithoutTrace, Is.EqualTo(never.WithoutTrace));
    }

    [TestCase("1")]
    [TestCase("abc")]
    [TestCase("%20")]
    [TestCase("6f9619ff8b864011b42d00c04fc964ff")]
    [TestCase("%7B6f9619ff-8b86-4011-b42d-00c04fc964ff%7D")]
    [TestCase("6f9619ff-8b86-4011-b42d-00c04fc964f")]
    public async Task A_key_that_is_no_UUID_is_400(string key)
    {
        var answer = await user.Get($"/v1/operations/{key}");

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
    }

    [Test]
    public async Task Upper_case_is_the_same_key()
    {
        var key = (await user.Post("/v1/sessions", new { title = "x" })).Headers["Idempotency-Key"];

        var answer = await user.Get($"/v1/operations/{key.ToUpperInvariant()}");

        Assert.That(answer.Json.GetProperty("key").GetString(), Is.EqualTo(key));
    }

    [Test]
    public async Task Two_users_with_the_same_key_find_their_own_receipts()
    {
        var key = Guid.NewGuid().ToString();
        var other = Actor.New();
        var mine = await user.Post("/v1/sessions", new { title = "x" }, ("Idempotency-Key", key));
        var theirs = await other.Post("/v1/sessions", new { title = "x" }, ("Idempotency-Key", key));

        foreach (var (actor, made) in (IEnumerable<(Actor, Answer)>)[(user, mine), (other, theirs)])
            Assert.That(
                (await actor.Get($"/v1/operations/{key}")).Json.GetProperty("session_id").GetInt64(),
                Is.EqualTo(made.Json.GetProperty("id").GetInt64())
            );
    }

    [Test]
    public async Task The_key_of_a_turn_finds_its_first_part_and_a_parts_key_that_part()
    {
        var session = await user.SessionPath();
        var (turn, first, second) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await using (var database = await TestCluster.OpenAsync())
            await database.ExecuteAsync(
                """
                insert into session_journal
                    (session_id, revision, user_id, key, turn_key, kind, action, item_id, sha256, created_at)
                select @Id, revision, @UserId, key, @Turn, 'message', 'create', revision, sha256(''), now()
                from (values (3, @Second), (2, @First)) as part (revision, key)
                """,
                new
                {
                    Id = long.Parse(session.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture),
                    user.UserId,
                    Turn = turn,
                    First = first,
                    Second = second,
                }
            );

        var byTurn = (await user.Get($"/v1/operations/{turn}")).Json;
        var byPart = (await user.Get($"/v1/operations/{second}")).Json;

        Assert.That(
            (byTurn.GetProperty("key").GetGuid(), byTurn.GetProperty("revision").GetInt64()),
            Is.EqualTo((first, 2))
        );
        Assert.That(
            (byPart.GetProperty("key").GetGuid(), byPart.GetProperty("revision").GetInt64()),
            Is.EqualTo((second, 3))
        );
        Assert.That((await Actor.New().Get($"/v1/operations/{turn}")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task A_receipt_is_not_vouched_for_while_no_standby_has_it_and_a_miss_waits_for_nobody()
    {
        using var cluster = new StrandedCluster();
        await using var service = await Service.StartAsync(("DATABASE_URL", cluster.Url));
        var owner = Actor.New(service);
        var key = (await owner.Post("/v1/sessions", new { title = "x" })).Headers["Idempotency-Key"];
        await cluster.LoseStandbyAsync();

        var asking = owner.Get($"/v1/operations/{key}");
        var miss = await owner.Get($"/v1/operations/{Guid.NewGuid()}");
        Assert.That((miss.Status, asking.IsCompleted), Is.EqualTo((404, false)));
        await cluster.CancelWaitAsync();

        var answer = await asking;
        Assert.That((answer.Status, answer.Code), Is.EqualTo((503, "unavailable")), answer.Text);
    }

    [Test]
    public async Task The_document_says_that_the_key_is_text()
    {
        var parameter = (await user.Get("/openapi/v1.json"))
            .Json.GetProperty("paths")
            .GetProperty("/v1/operations/{key}")
            .GetProperty("get")
            .GetProperty("parameters")[0];

        Assert.That(parameter.GetProperty("schema").GetProperty("type").GetString(), Is.EqualTo("string"));
    }

    static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
