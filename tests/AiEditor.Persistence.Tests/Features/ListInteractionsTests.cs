using System.Security.Cryptography;
using System.Text;
using AiEditor.Persistence.Tests.Support;
using Microsoft.AspNetCore.WebUtilities;

namespace AiEditor.Persistence.Tests.Features;

public sealed class ListInteractionsTests
{
    readonly Actor user = Actor.New();

    [TestCase(5, 2)]
    [TestCase(4, 2)]
    [TestCase(3, 200)]
    [TestCase(3, 1)]
    public async Task Walking_back_meets_every_interaction_once_and_ends(int count, int limit)
    {
        var session = await Filled(count);

        var pages = new List<string[]>();
        for (string? cursor = null; ; )
        {
            var page = await Page(session, limit, cursor);
            pages.Insert(0, page.Prompts);
            Assert.That(page.Prompts, Has.Length.InRange(1, limit));
            if ((cursor = page.Next) is null)
                break;
        }

        Assert.That(pages.SelectMany(p => p), Is.EqualTo(Names(0, count)));
        Assert.That(pages, Has.Count.EqualTo((count + limit - 1) / limit));
    }

    [Test]
    public async Task A_walk_is_undisturbed_by_what_is_saved_and_deleted_meanwhile()
    {
        var session = await Filled(6);
        var newest = await Page(session, 2);
        await user.Interaction(session, "new");
        foreach (
            var id in (await user.Get($"{session}/interactions"))
                .Json.GetProperty("items")
                .EnumerateArray()
                .Skip(2)
                .Take(3)
        )
            await user.Delete($"{session}/interactions/{id.GetProperty("id")}");

        var older = await Page(session, 2, newest.Next);

        Assert.That(newest.Prompts, Is.EqualTo(Names(4, 2)));
        Assert.That(older.Prompts, Is.EqualTo(Names(0, 2)));
        Assert.That(older.Next, Is.Null);
    }

    [Test]
    public async Task The_cursor_of_a_loaded_session_leads_on_from_where_it_stopped()
    {
        var session = await Filled(5);
        var loaded = (await user.Get($"{session}?limit=2")).Json;

        var older = await Page(session, 50, loaded.GetProperty("older_interactions_cursor").GetString());

        Assert.That(
            loaded.GetProperty("interactions").EnumerateArray().Select(i => i.GetProperty(Name).GetString()),
            Is.EqualTo(Names(3, 2))
        );
        Assert.That(older.Prompts, Is.EqualTo(Names(0, 3)));
        Assert.That(older.Next, Is.Null);
    }

    [Test]
    public async Task An_item_reads_as_it_does_alone()
    {
        var session = await user.SessionPath();
        var id = (await user.Interaction(session)).GetProperty("id");

        var listed = (await user.Get($"{session}/interactions")).Json.GetProperty("items")[0];

        Assert.That(listed.GetRawText(), Is.EqualTo((await user.Get($"{session}/interactions/{id}")).Text));
    }

    [Test]
    public async Task A_live_session_without_interactions_has_an_empty_list()
    {
        var answer = await user.Get($"{await user.SessionPath()}/interactions");

        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That(answer.Text, Is.EqualTo("""{"items":[],"next_cursor":null}"""));
    }

    [Test]
    public async Task A_session_that_is_not_there_for_the_caller_has_no_list()
    {
        var session = await Filled(1);
        var foreign = await Actor.New().Get($"{session}/interactions");
        var never = await user.Get("/v1/sessions/9007199254740991/interactions");
        await user.Trash(session);
        var trashed = await user.Get($"{session}/interactions");

        foreach (var answer in (Answer[])[foreign, never, trashed])
            Assert.That((answer.Status, answer.Code), Is.EqualTo((404, "not_found")), answer.Text);
        Assert.That(foreign.WithoutTrace, Is.EqualTo(never.WithoutTrace));
    }

    [Test]
    public async Task Fifty_are_listed_unless_asked_otherwise()
    {
        var session = await Filled(51, inOrder: false);

        Assert.That((await Page(session)).Prompts, Has.Length.EqualTo(50));
        Assert.That((await Page(session, 200)).Prompts, Has.Length.EqualTo(51));
        Assert.That((await user.Get($"{session}/interactions?unknown=1&limit=1")).Status, Is.EqualTo(200));
    }

    [TestCase("limit=0")]
    [TestCase("limit=201")]
    [TestCase("limit=-1")]
    [TestCase("limit=1.5")]
    [TestCase("limit=")]
    [TestCase("limit=99999999999999999999")]
    [TestCase("limit=1&limit=2")]
    [TestCase("cursor=")]
    [TestCase("cursor=a")]
    [TestCase("cursor=abcd")]
    [TestCase("cursor=!!!!")]
    [TestCase("cursor=%00")]
    [TestCase("cursor=AAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_query_value_out_of_its_bounds_is_400_and_named(string query)
    {
        var answer = await user.Get($"{await user.SessionPath()}/interactions?{query}");

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
        Assert.That(answer.Fields, Is.EqualTo(new[] { query.Split('=')[0] }));
    }

    [Test]
    public async Task A_cursor_of_another_list_or_session_or_user_is_400()
    {
        var (session, other, stranger) = (await Filled(2), await Filled(2), Actor.New());
        var path = $"{session}/interactions?cursor=";
        await user.Message(session);
        await user.Message(session);
        var loaded = (await user.Get($"{session}?limit=1")).Json;
        var theirs = await stranger.SessionPath();
        await stranger.Interaction(theirs);
        await stranger.Interaction(theirs);

        foreach (
            var cursor in (string?[])
                [
                    loaded.GetProperty("older_messages_cursor").GetString(),
                    (await Page(other, 1)).Next,
                    (await stranger.Get($"{theirs}/interactions?limit=1")).Json.GetProperty("next_cursor").GetString(),
                ]
        )
        {
            Assert.That(cursor, Is.Not.Null);
            Assert.That((await user.Get(path + cursor)).Code, Is.EqualTo("malformed_request"));
        }
    }

    [TestCase("null")]
    [TestCase("x")]
    [TestCase("{\"before\": \"x\"}")]
    [TestCase("{\"before\": 1e99}")]
    public async Task A_cursor_forged_with_the_right_tag_is_400_all_the_same(string position)
    {
        var session = await user.SessionPath();
        var scope = $"interactions:{session.Split('/')[^1]}:{user.UserId}";
        var tag = SHA256.HashData(Encoding.UTF8.GetBytes($"{scope}\0{position}"))[..8];
        var cursor = WebEncoders.Base64UrlEncode([.. tag, .. Encoding.UTF8.GetBytes(position)]);

        var answer = await user.Get($"{session}/interactions?cursor={cursor}");

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
    }

    const string Name = "prompt";

    static IEnumerable<string> Names(int first, int count) => Enumerable.Range(first, count).Select(i => $"{i}");

    async Task<string> Filled(int count, bool inOrder = true)
    {
        var session = await user.SessionPath();
        if (inOrder)
            foreach (var name in Names(0, count))
                await user.Interaction(session, name);
        else
            await Task.WhenAll(Names(0, count).Select(name => user.Interaction(session, name)));
        return session;
    }

    async Task<(string[] Prompts, string? Next)> Page(string session, int? limit = null, string? cursor = null)
    {
        var answer = await user.Get(
            $"{session}/interactions?"
                + (limit is null ? "" : $"limit={limit}&")
                + (cursor is null ? "" : $"cursor={cursor}")
        );
        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        return (
            [.. answer.Json.GetProperty("items").EnumerateArray().Select(i => i.GetProperty(Name).GetString()!)],
            answer.Json.GetProperty("next_cursor").GetString()
        );
    }
}
