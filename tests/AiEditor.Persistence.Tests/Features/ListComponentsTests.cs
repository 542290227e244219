using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class ListComponentsTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task Pages_hold_each_component_once_in_order_of_creation()
    {
        var session = await user.SessionPath();
        await user.Component(await user.SessionPath(), "Elsewhere");
        for (var i = 0; i < 5; i++)
            await user.Component(session, $"C{i}");
        await user.Delete($"{session}/components/{await IdAt(session, 1)}");

        var names = new List<string>();
        var sizes = new List<int>();
        string? cursor = null;
        do
        {
            var page = await user.Get($"{session}/components?limit=2{(cursor is null ? "" : "&cursor=" + cursor)}");
            Assert.That(page.Status, Is.EqualTo(200), page.Text);
            var items = page.Json.GetProperty("items").EnumerateArray().ToArray();
            names.AddRange(items.Select(c => c.GetProperty("name").GetString()!));
            sizes.Add(items.Length);
            cursor = page.Json.GetProperty("next_cursor").GetString();
        } while (cursor is not null);

        Assert.That(names, Is.EqualTo(new[] { "C0", "C2", "C3", "C4" }));
        Assert.That(sizes, Is.EqualTo(new[] { 2, 2 }));
    }

    [Test]
    public async Task Items_are_the_components_themselves()
    {
        var session = await user.SessionPath();
        var saved = await user.Component(session);

        var list = await user.Get($"{session}/components");

        Assert.That(list.Text, Is.EqualTo($$"""{"items":[{{saved.GetRawText()}}],"next_cursor":null}"""));
    }

    [Test]
    public async Task A_session_without_components_has_an_empty_list()
    {
        var list = await user.Get($"{await user.SessionPath()}/components");

        Assert.That((list.Status, list.Text), Is.EqualTo((200, """{"items":[],"next_cursor":null}""")));
    }

    [Test]
    public async Task A_session_of_another_or_in_the_trash_has_no_list()
    {
        var session = await user.SessionPath();
        await user.Component(session);

        Assert.That((await Actor.New().Get($"{session}/components")).Status, Is.EqualTo(404));
        await user.Trash(session);
        Assert.That((await user.Get($"{session}/components")).Status, Is.EqualTo(404));
    }

    [TestCase("limit=0")]
    [TestCase("limit=201")]
    [TestCase("limit=two")]
    [TestCase("cursor=")]
    [TestCase("cursor=AAAAAAAAAAAAAAAA")]
    public async Task A_query_value_out_of_bounds_is_400(string query)
    {
        var answer = await user.Get($"{await user.SessionPath()}/components?{query}");

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
    }

    [Test]
    public async Task A_cursor_of_another_session_is_400()
    {
        var (here, there) = (await user.SessionPath(), await user.SessionPath());
        await user.Component(here);
        await user.Component(here);
        var cursor = (await user.Get($"{here}/components?limit=1")).Json.GetProperty("next_cursor").GetString();

        Assert.That((await user.Get($"{there}/components?cursor={cursor}")).Status, Is.EqualTo(400));
        Assert.That((await user.Get($"{here}/components?cursor={cursor}")).Status, Is.EqualTo(200));
    }

    async Task<long> IdAt(string session, int index) =>
        (await user.Get($"{session}/components")).Json.GetProperty("items")[index].GetProperty("id").GetInt64();
}
