using System.Text.Json;
using AiEditor.Persistence.Tests.Support;
using Dapper;

namespace AiEditor.Persistence.Tests.Features;

public sealed class ListChangesTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task From_any_cursor_with_any_limit_the_pages_lead_to_what_the_session_is_now()
    {
        var seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"SEED={seed}");
        var random = new Random(seed);
        var session = await user.SessionPath();
        var replicas = new List<Device>();
        for (var step = 0; step < 120; step++)
        {
            await ChangeAsync(session, random);
            // A device that got as far as this, and then went away.
            if (step % 8 == 0)
            {
                var replica = Replica();
                while (!await replica.CatchUpAsync(Id(session), random.Next(1, 10), 1)) { }
                replicas.Add(replica);
            }
        }
        replicas.Add(Replica());

        var digest = (await user.Get($"{session}/digest")).Json.GetProperty("sha256").GetString();
        var loaded = (await user.Get($"{session}?limit=1000")).Json;
        foreach (var replica in replicas)
        {
            var limit = random.Next(1, 30);
            while (!await replica.CatchUpAsync(Id(session), limit, 1)) { }
            Assert.That(replica.Digest(Id(session)), Is.EqualTo(digest), $"SEED={seed}");
            foreach (var list in (string[])["messages", "components", "interactions"])
                Assert.That(
                    replica.Rows(Id(session), list.TrimEnd('s')),
                    Is.EqualTo(loaded.GetProperty(list).EnumerateArray().Select(row => row.GetRawText())),
                    $"SEED={seed}"
                );
        }
    }

    [Test]
    public async Task A_page_holds_so_many_mutations_and_says_where_it_ends()
    {
        var session = await user.SessionPath();
        for (var i = 0; i < 5; i++)
            await user.Message(session, $"{i}");

        var first = await user.Get($"{session}/changes?limit=3");
        var second = await user.Get($"{session}/changes?since=3&limit=3");
        var none = await user.Get($"{session}/changes?since=6");

        Assert.That(Page(first), Is.EqualTo((3L, true, 2)));
        Assert.That(Page(second), Is.EqualTo((6L, false, 3)));
        Assert.That(Page(none), Is.EqualTo((6L, false, 0)));
        Assert.That(none.Json.GetProperty("session").GetProperty("revision").GetInt64(), Is.EqualTo(6));
    }

    [Test]
    public async Task What_is_gone_stands_in_deleted_with_the_revision_that_deleted_it()
    {
        var session = await user.SessionPath();
        var message = await user.Message(session);
        var component = await user.Component(session);
        var interaction = await user.Interaction(session);
        await user.Delete($"{session}/components/{component.GetProperty("id")}");
        await user.Delete($"{session}/messages/{message.GetProperty("id")}");
        await user.Delete($"{session}/interactions/{interaction.GetProperty("id")}");

        var all = await user.Get($"{session}/changes");
        var since = await user.Get($"{session}/changes?since=5");

        Assert.That(Page(all), Is.EqualTo((7L, false, 0)));
        Assert.That(
            all.Json.GetProperty("deleted").EnumerateArray().Select(Gone),
            Is.EqualTo(
                new[]
                {
                    (
                        "component",
                        component.GetProperty("id").GetInt64(),
                        component.GetProperty("client_id").GetString(),
                        5L
                    ),
                    ("message", message.GetProperty("id").GetInt64(), message.GetProperty("client_id").GetString(), 6L),
                    (
                        "interaction",
                        interaction.GetProperty("id").GetInt64(),
                        interaction.GetProperty("client_id").GetString(),
                        7L
                    ),
                }
            )
        );
        Assert.That(since.Json.GetProperty("deleted").GetArrayLength(), Is.EqualTo(2));
    }

    [Test]
    public async Task The_component_that_a_new_current_one_retired_is_among_the_changes()
    {
        var session = await user.SessionPath();
        var before = await user.Component(session, "Before");
        await user.Component(session, "After");

        var changes = await user.Get($"{session}/changes?since=2");

        Assert.That(
            changes
                .Json.GetProperty("components")
                .EnumerateArray()
                .Select(c =>
                    (
                        c.GetProperty("name").GetString(),
                        c.GetProperty("revision").GetInt64(),
                        c.GetProperty("is_current").GetBoolean()
                    )
                ),
            Is.EqualTo(new[] { ("Before", 3L, false), ("After", 3L, true) })
        );
        Assert.That(before.GetProperty("revision").GetInt64(), Is.EqualTo(2));
    }

    [Test]
    public async Task A_page_ends_before_it_grows_large()
    {
        var session = await user.SessionPath();
        await Filling.MessagesAsync(session, 20, 1024 * 1024);

        var pages = new List<long>();
        var largest = 0;
        for (var more = true; more; )
        {
            var page = await user.Get($"{session}/changes?since={pages.LastOrDefault()}");
            pages.Add(page.Json.GetProperty("revision").GetInt64());
            largest = Math.Max(largest, page.Text.Length);
            more = page.Json.GetProperty("has_more").GetBoolean();
        }

        Assert.That(pages, Is.EqualTo(new[] { 9, 17, 21 }));
        Assert.That(largest, Is.LessThan(9 * 1024 * 1024));
    }

    [TestCase("7")]
    [TestCase("9007199254740991")]
    public async Task A_revision_that_never_was_is_410(string since)
    {
        var session = await user.SessionPath();

        var answer = await user.Get($"{session}/changes?since={since}");

        Assert.That((answer.Status, answer.Code), Is.EqualTo((410, "resync_required")));
    }

    [TestCase("since=-1", "since")]
    [TestCase("since=x", "since")]
    [TestCase("since=", "since")]
    [TestCase("since=1&since=2", "since")]
    [TestCase("since=9007199254740992", "since")]
    [TestCase("since=99999999999999999999", "since")]
    [TestCase("limit=0", "limit")]
    [TestCase("limit=1001", "limit")]
    public async Task A_query_out_of_its_bounds_is_400(string query, string field)
    {
        var session = await user.SessionPath();

        var answer = await user.Get($"{session}/changes?{query}");

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")));
        Assert.That(answer.Fields, Is.EqualTo(new[] { field }));
    }

    [TestCase(7, true)]
    [TestCase(8, false)]
    public async Task An_import_too_large_for_a_page_is_410_whatever_it_is_made_of(int ofEach, bool isListed)
    {
        await using var connection = await TestCluster.OpenAsync(TestCluster.Url);
        var id = await connection.ExecuteScalarAsync<long>(
            """
            with s as (
                insert into sessions (client_id, user_id, title, is_active, revision, created_at, updated_at)
                values (gen_random_uuid(), @UserId, 'Imported', true, 1, now(), now())
                returning id
            ), j as (
                insert into session_journal (session_id, revision, user_id, key, kind, action, item_id, sha256, created_at)
                select id, 1, @UserId, gen_random_uuid(), 'session', 'import', id, sha256(''), now() from s
            ), m as (
                insert into chat_messages (session_id, client_id, revision, role, content, message_type, metadata, attachments, created_at)
                select id, gen_random_uuid(), 1, 'user', repeat('x', 1048576), 'text', '{}', '[]', now()
                from s, generate_series(1, @ofEach)
            ), c as (
                insert into components
                    (session_id, client_id, revision, version, version_revision, version_created_at, name, jsx_code, css_code,
                     component_type, is_current, metadata, created_at, updated_at)
                select id, gen_random_uuid(), 1, 1, 1, now(), 'Button', repeat('x', 1048576), repeat('x', 1048576), 'component',
                       false, '{}', now(), now()
                from s, generate_series(1, @ofEach)
            )
            insert into interactions (session_id, client_id, revision, prompt, response, interaction_type, metadata, created_at)
            select id, gen_random_uuid(), 1, repeat('x', 1048576), 'x', 'edit', '{}', now() from s, generate_series(1, @ofEach)
            returning session_id
            """,
            new { user.UserId, ofEach }
        );

        var changes = await user.Get($"/v1/sessions/{id}/changes?since=0");

        if (isListed)
            Assert.That(changes.Json.GetProperty("components").GetArrayLength(), Is.EqualTo(ofEach));
        else
            Assert.That((changes.Status, changes.Code), Is.EqualTo((410, "resync_required")));
    }

    [Test]
    public async Task What_came_after_a_small_import_makes_no_page_of_it_too_large()
    {
        var first = await user.SessionPath();
        await user.Message(first, "brought");
        var (_, _, archive) = await user.Download($"{first}/export");
        var import = await user.Post(
            "/v1/sessions/import",
            new ByteArrayContent(archive) { Headers = { ContentType = new("application/x-ndjson") } }
        );
        var session = import.Headers["Location"];
        await using var connection = await TestCluster.OpenAsync(TestCluster.Url);
        await connection.ExecuteAsync(
            """
            insert into chat_messages (session_id, client_id, revision, role, content, message_type, metadata, attachments, created_at)
            select @Id, gen_random_uuid(), n, 'user', repeat('x', 1048576), 'text', '{}', '[]', now() from generate_series(2, 41) n;
            insert into session_journal (session_id, revision, user_id, key, kind, action, item_id, sha256, created_at)
            select session_id, revision, @UserId, client_id, 'message', 'create', id, sha256(''), now()
            from chat_messages where session_id = @Id and revision > 1;
            update sessions set revision = 41 where id = @Id
            """,
            new
            {
                Id = long.Parse(session.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture),
                user.UserId,
            }
        );

        var (since, messages, pages) = (0L, 0, 0);
        bool hasMore;
        do
        {
            var page = await user.Get($"{session}/changes?since={since}");
            Assert.That(page.Status, Is.EqualTo(200), page.Text[..Math.Min(300, page.Text.Length)]);
            Assert.That(page.Text, Has.Length.LessThan(12 * 1024 * 1024));
            messages += page.Json.GetProperty("messages").GetArrayLength();
            since = page.Json.GetProperty("revision").GetInt64();
            hasMore = page.Json.GetProperty("has_more").GetBoolean();
            pages++;
        } while (hasMore);

        Assert.That((since, messages), Is.EqualTo((41L, 41)));
        Assert.That(pages, Is.GreaterThan(3));
    }

    [Test]
    public async Task A_session_in_the_trash_is_not_found_and_its_changes_go_on_when_it_is_back()
    {
        var session = await user.SessionPath();
        await user.Trash(session);
        var trashed = await user.Get($"{session}/changes");
        await user.Post($"{session}/restore");

        var back = await user.Get($"{session}/changes?since=1");

        Assert.That(trashed.Status, Is.EqualTo(404));
        Assert.That(Page(back), Is.EqualTo((3L, false, 0)));
    }

    async Task ChangeAsync(string session, Random random)
    {
        async Task<string?> AnyAsync(string list)
        {
            var rows = (await user.Get($"{session}/{list}?limit=200")).Json.GetProperty("items");
            return rows.GetArrayLength() == 0
                ? null
                : $"{session}/{list}/{rows[random.Next(rows.GetArrayLength())].GetProperty("id")}";
        }
        var text = $"{random.Next()}";
        switch (random.Next(13))
        {
            case 0:
                await user.Patch(session, new { title = text });
                break;
            case 1 or 2:
                await user.Message(session, text);
                break;
            case 3 when await AnyAsync("messages") is { } message:
                await user.Patch(message, new { content = text });
                break;
            case 4 when await AnyAsync("messages") is { } message:
                await user.Delete(message);
                break;
            case 5:
                await user.Component(session, text, isCurrent: random.Next(2) == 0);
                break;
            case 6 when await AnyAsync("components") is { } component:
                await user.Patch(component, new { jsx_code = text, is_current = random.Next(2) == 0 });
                break;
            case 7 when await AnyAsync("components") is { } component:
                await user.Put($"{component}/current");
                break;
            case 8 when await AnyAsync("components") is { } component:
                await user.Post($"{component}/versions/1/restore");
                break;
            case 9 when await AnyAsync("components") is { } component:
                await user.Delete(component);
                break;
            case 10:
                await user.Interaction(session, text);
                break;
            case 11 when await AnyAsync("interactions") is { } interaction:
                await user.Delete(interaction);
                break;
            case 12:
                await user.Post(
                    $"{session}/turns",
                    new
                    {
                        message = new { content = text },
                        components = new[] { new { name = "A", jsx_code = text }, new { name = "B", jsx_code = text } },
                    }
                );
                break;
        }
    }

    Device Replica() => new(async (method, path, body) => await user.Send(method, path, body));

    static long Id(string path) => long.Parse(path.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);

    static (long Revision, bool HasMore, int Messages) Page(Answer page) =>
        (
            page.Json.GetProperty("revision").GetInt64(),
            page.Json.GetProperty("has_more").GetBoolean(),
            page.Json.GetProperty("messages").GetArrayLength()
        );

    static (string?, long, string?, long) Gone(JsonElement gone) =>
        (
            gone.GetProperty("kind").GetString(),
            gone.GetProperty("id").GetInt64(),
            gone.GetProperty("client_id").GetString(),
            gone.GetProperty("revision").GetInt64()
        );
}
