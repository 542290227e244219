using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AiEditor.Persistence.Tests.Support;
using Microsoft.AspNetCore.WebUtilities;

namespace AiEditor.Persistence.Tests.Features;

public sealed class ListSessionsTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task A_user_without_sessions_gets_an_empty_page()
    {
        var answer = await user.Get("/v1/sessions");

        Assert.That((answer.Status, answer.Text), Is.EqualTo((200, """{"items":[],"next_cursor":null}""")));
    }

    [Test]
    public async Task Whatever_changed_last_comes_first()
    {
        var a = await user.SessionPath("A");
        await user.SessionPath("B");
        await user.SessionPath("C");
        await user.Message(a);

        var answer = await user.Get("/v1/sessions");

        Assert.That(Titles(answer), Is.EqualTo(new[] { "A", "C", "B" }));
        Assert.That(
            answer.Json.GetProperty("items")[0].GetRawText(),
            Is.EqualTo((await user.Get(a)).Json.GetProperty("session").GetRawText())
        );
    }

    [Test]
    public async Task Walking_the_pages_meets_every_session_once_even_where_times_are_equal()
    {
        // Saved at once, many of these are committed together and bear the same time.
        await Task.WhenAll(Enumerable.Range(0, 25).Select(i => user.SessionPath($"{i}")));

        var walked = new List<JsonElement>();
        string? next = null;
        do
        {
            var page = await user.Get("/v1/sessions?limit=4" + (next is null ? "" : $"&cursor={next}"));
            walked.AddRange(page.Json.GetProperty("items").EnumerateArray());
            next = page.Json.GetProperty("next_cursor").GetString();
        } while (next is not null);

        Assert.That(walked.Select(Id).Distinct().Count(), Is.EqualTo(25));
        Assert.That(walked.Select(Id), Is.EqualTo(walked.OrderByDescending(UpdatedAt).ThenByDescending(Id).Select(Id)));
    }

    [Test]
    public async Task The_last_page_has_no_cursor_even_when_it_is_full()
    {
        await user.SessionPath();
        await user.SessionPath();

        Assert.That(
            (await user.Get("/v1/sessions?limit=2")).Json.GetProperty("next_cursor").GetRawText(),
            Is.EqualTo("null")
        );
        Assert.That((await user.Get("/v1/sessions?limit=1")).Json.GetProperty("next_cursor").GetString(), Is.Not.Empty);
    }

    [TestCase("button", "Title")]
    [TestCase("ÉTÉ", "Title", "Text")]
    [TestCase("КНОПКА", "Text")]
    [TestCase("100%25", "Title")]
    [TestCase("%25", "Title")]
    [TestCase("_", "Text")]
    [TestCase("%5C", "Text")]
    [TestCase("'", "Title")]
    [TestCase("b_tton")]
    [TestCase("b%25n")]
    [TestCase("😀", "Text")]
    [TestCase("", "Title", "Text", "Neither")]
    public async Task Q_is_literal_text_in_title_or_description_in_any_case(string q, params string[] found)
    {
        await user.Post("/v1/sessions", new { title = "Title: BUTTON 100% d'été" });
        await user.Post("/v1/sessions", new { title = "Text", description = "кнопка_ \\ 😀 Été" });
        await user.Post("/v1/sessions", new { title = "Neither" });

        var answer = await user.Get($"/v1/sessions?q={q}");

        Assert.That(Titles(answer).Select(t => t.Split(':')[0]), Is.EquivalentTo(found), answer.Text);
    }

    [Test]
    public async Task Filters_narrow_the_list_together()
    {
        await user.SessionPath("Active");
        await user.Patch(await user.SessionPath("Inactive"), new { is_active = false });
        await user.Delete(await user.SessionPath("Trashed, active"));
        var both = await user.SessionPath("Trashed, inactive");
        await user.Patch(both, new { is_active = false });
        await user.Delete(both);

        Assert.That(await TitlesOf(""), Is.EquivalentTo(["Active", "Inactive"]));
        Assert.That(await TitlesOf("?trashed=false"), Is.EquivalentTo(["Active", "Inactive"]));
        Assert.That(await TitlesOf("?is_active=true"), Is.EquivalentTo(["Active"]));
        Assert.That(await TitlesOf("?is_active=false"), Is.EquivalentTo(["Inactive"]));
        Assert.That(await TitlesOf("?trashed=true"), Is.EquivalentTo(["Trashed, active", "Trashed, inactive"]));
        Assert.That(await TitlesOf("?trashed=true&is_active=false"), Is.EquivalentTo(["Trashed, inactive"]));
        Assert.That(await TitlesOf("?trashed=true&is_active=false&q=Active,"), Is.Empty);
        Assert.That(await TitlesOf("?unknown=1"), Is.EquivalentTo(["Active", "Inactive"]));

        async Task<string[]> TitlesOf(string query) => Titles(await user.Get("/v1/sessions" + query));
    }

    [Test]
    public async Task Nobody_sees_anybody_elses_sessions()
    {
        await user.SessionPath("Mine");
        await user.Delete(await user.SessionPath("Mine, trashed"));
        var other = Actor.New();
        await other.SessionPath("Theirs");

        Assert.That(Titles(await other.Get("/v1/sessions")), Is.EqualTo(new[] { "Theirs" }));
        Assert.That(Titles(await other.Get("/v1/sessions?q=Mine")), Is.Empty);
        Assert.That(Titles(await other.Get("/v1/sessions?trashed=true")), Is.Empty);
    }

    [TestCase("limit=0")]
    [TestCase("limit=201")]
    [TestCase("limit=x")]
    [TestCase("is_active=1")]
    [TestCase("is_active=")]
    [TestCase("trashed=True")]
    [TestCase("q=%00")]
    [TestCase("q=a&q=b")]
    [TestCase("cursor=")]
    [TestCase("cursor=abc")]
    [TestCase("cursor=a!b")]
    [TestCase("cursor=AAAA%20AAAA%20AAAA%20AAAA%20AAAA")]
    [TestCase("cursor=%F0%9F%98%80")]
    public async Task A_query_value_out_of_its_bounds_is_400_and_named(string query)
    {
        var answer = await user.Get($"/v1/sessions?{query}");

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
        Assert.That(answer.Fields, Is.EqualTo(new[] { query.Split('=')[0] }));
    }

    [Test]
    public async Task A_q_of_255_characters_is_read_and_a_longer_one_is_400()
    {
        Assert.That((await user.Get($"/v1/sessions?q={new string('x', 255)}")).Status, Is.EqualTo(200));
        Assert.That((await user.Get($"/v1/sessions?q={new string('x', 256)}")).Status, Is.EqualTo(400));
    }

    [Test]
    public async Task A_cursor_is_good_for_its_own_list_only()
    {
        var cursor = await CursorAsync(user, "q=A&limit=1");

        Assert.That((await user.Get($"/v1/sessions?q=A&limit=9&cursor={cursor}")).Status, Is.EqualTo(200));
        foreach (var other in (string[])["", "q=B&", "q=a&", "q=A&is_active=true&", "q=A&trashed=true&"])
            Assert.That((await user.Get($"/v1/sessions?{other}cursor={cursor}")).Status, Is.EqualTo(400), other);
        Assert.That((await Actor.New().Get($"/v1/sessions?q=A&cursor={cursor}")).Status, Is.EqualTo(400));
    }

    [Test]
    public async Task A_cursor_with_any_one_character_changed_is_400()
    {
        var cursor = await CursorAsync(user, "limit=1");

        for (var i = 0; i < cursor.Length; i++)
        {
            var changed = cursor[..i] + (cursor[i] == 'A' ? 'B' : 'A') + cursor[(i + 1)..];
            Assert.That((await user.Get($"/v1/sessions?cursor={changed}")).Status, Is.EqualTo(400), changed);
        }
    }

    [TestCase("""{"updated_at": "never", "id": 1}""")]
    [TestCase("""{"updated_at": 5}""")]
    [TestCase("""{"id": 9223372036854775808}""")]
    [TestCase("""not json""")]
    public async Task A_cursor_forged_with_all_that_the_source_tells_is_400(string payload)
    {
        var scope = Encoding.UTF8.GetBytes($"sessions:{user.UserId}:False::");
        byte[] position = Encoding.UTF8.GetBytes(payload);
        var tag = SHA256.HashData([.. scope, 0, .. position])[..8];

        var answer = await user.Get($"/v1/sessions?cursor={WebEncoders.Base64UrlEncode([.. tag, .. position])}");

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
    }

    static async Task<string> CursorAsync(Actor user, string query)
    {
        await user.SessionPath("A1");
        await user.SessionPath("A2");
        return (await user.Get($"/v1/sessions?{query}")).Json.GetProperty("next_cursor").GetString()!;
    }

    static string[] Titles(Answer answer) =>
        [.. answer.Json.GetProperty("items").EnumerateArray().Select(s => s.GetProperty("title").GetString()!)];

    static long Id(JsonElement session) => session.GetProperty("id").GetInt64();

    static DateTime UpdatedAt(JsonElement session) => session.GetProperty("updated_at").GetDateTime();
}
