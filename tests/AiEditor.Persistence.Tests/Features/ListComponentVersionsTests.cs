using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class ListComponentVersionsTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task Versions_come_newest_first_with_when_and_by_which_revision_they_were_made()
    {
        var session = await user.SessionPath();
        var saved = await user.Component(session, "One", "<é/>");
        var path = $"{session}/components/{saved.GetProperty("id")}";
        var changed = (await user.Patch(path, new { name = "Two", css_code = "b{}😀" })).Json;
        // Touched, not changed: neither makes a version nor moves the present one.
        await user.Component(session, "Other");
        await user.Put($"{path}/current");

        var list = await user.Get($"{path}/versions");

        Assert.That(list.Status, Is.EqualTo(200), list.Text);
        Assert.That(
            list.Text,
            Is.EqualTo(
                $$"""
                {"items":[{"version":2,"revision":3,"name":"Two","jsx_bytes":5,"css_bytes":7,"created_at":{{changed.GetProperty(
                    "updated_at"
                ).GetRawText()}}},{"version":1,"revision":2,"name":"One","jsx_bytes":5,"css_bytes":0,"created_at":{{saved.GetProperty(
                    "created_at"
                ).GetRawText()}}}],"next_cursor":null}
                """
            )
        );
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(7)]
    public async Task Pages_hold_each_version_once(int limit)
    {
        var session = await user.SessionPath();
        var path = $"{session}/components/{(await user.Component(session)).GetProperty("id")}";
        for (var i = 2; i <= 7; i++)
            await user.Patch(path, new { jsx_code = $"{i}" });

        var versions = new List<long>();
        var pages = 0;
        string? cursor = null;
        do
        {
            var page = await user.Get($"{path}/versions?limit={limit}{(cursor is null ? "" : "&cursor=" + cursor)}");
            Assert.That(page.Status, Is.EqualTo(200), page.Text);
            versions.AddRange(
                page.Json.GetProperty("items").EnumerateArray().Select(v => v.GetProperty("version").GetInt64())
            );
            cursor = page.Json.GetProperty("next_cursor").GetString();
            pages++;
        } while (cursor is not null);

        Assert.That(versions, Is.EqualTo(new[] { 7, 6, 5, 4, 3, 2, 1 }));
        Assert.That(pages, Is.EqualTo((7 + limit - 1) / limit));
    }

    [Test]
    public async Task A_cursor_of_another_component_is_400()
    {
        var session = await user.SessionPath();
        var here = $"{session}/components/{(await user.Component(session)).GetProperty("id")}";
        var there = $"{session}/components/{(await user.Component(session)).GetProperty("id")}";
        await user.Patch(here, new { jsx_code = "2" });
        var cursor = (await user.Get($"{here}/versions?limit=1")).Json.GetProperty("next_cursor").GetString();

        Assert.That((await user.Get($"{there}/versions?cursor={cursor}")).Status, Is.EqualTo(400));
        Assert.That((await user.Get($"{here}/versions?cursor={cursor}")).Status, Is.EqualTo(200));
        Assert.That((await user.Get($"{here}/versions?limit=201")).Status, Is.EqualTo(400));
    }

    [Test]
    public async Task They_are_found_only_by_their_owner_in_their_own_live_session()
    {
        var (session, other) = (await user.SessionPath(), await user.SessionPath());
        var id = (await user.Component(session)).GetProperty("id");

        Assert.That((await user.Get($"{session}/components/{id}/versions")).Status, Is.EqualTo(200));
        Assert.That((await user.Get($"{other}/components/{id}/versions")).Status, Is.EqualTo(404));
        Assert.That((await Actor.New().Get($"{session}/components/{id}/versions")).Status, Is.EqualTo(404));
        await user.Trash(session);
        Assert.That((await user.Get($"{session}/components/{id}/versions")).Status, Is.EqualTo(404));
    }
}
