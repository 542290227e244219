using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class GetComponentVersionTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task A_version_present_or_superseded_comes_back_whole()
    {
        var session = await user.SessionPath();
        var saved = await user.Post(
            $"{session}/components",
            """{"name":"One","jsx_code":"<b>\r\n😀</b>","css_code":"b{}","component_type":"card","metadata":{"n":9007199254740993}}"""
        );
        var path = saved.Headers["Location"];
        var changed = (await user.Patch(path, """{"jsx_code":"<i/>","metadata":{"n":1.50}}""")).Json;
        var id = changed.GetProperty("id");

        var first = await user.Get($"{path}/versions/1");
        var second = await user.Get($"{path}/versions/2");

        Assert.That(
            first.Text,
            Is.EqualTo(
                $$$"""
                {"component_id":{{{id}}},"version":1,"revision":2,"name":"One","jsx_code":"<b>\r\n😀</b>","css_code":"b{}","component_type":"card","metadata":{"n":9007199254740993},"created_at":{{{saved.Json.GetProperty(
                    "created_at"
                ).GetRawText()}}}}
                """
            )
        );
        Assert.That(
            second.Text,
            Is.EqualTo(
                $$$"""
                {"component_id":{{{id}}},"version":2,"revision":3,"name":"One","jsx_code":"<i/>","css_code":"b{}","component_type":"card","metadata":{"n":1.50},"created_at":{{{changed.GetProperty(
                    "updated_at"
                ).GetRawText()}}}}
                """
            )
        );
    }

    [TestCase("2")]
    [TestCase("0")]
    [TestCase("x")]
    [TestCase("9007199254740991")]
    public async Task A_version_that_never_was_is_404(string version)
    {
        var session = await user.SessionPath();
        var id = (await user.Component(session)).GetProperty("id");

        var answer = await user.Get($"{session}/components/{id}/versions/{version}");

        Assert.That((answer.Status, answer.Code), Is.EqualTo((404, "not_found")));
    }

    [Test]
    public async Task It_is_found_only_by_its_owner_in_its_own_live_session()
    {
        var (session, other) = (await user.SessionPath(), await user.SessionPath());
        var id = (await user.Component(session)).GetProperty("id");
        await user.Patch($"{session}/components/{id}", new { jsx_code = "2" });

        foreach (var version in new[] { 1, 2 })
        {
            Assert.That((await user.Get($"{session}/components/{id}/versions/{version}")).Status, Is.EqualTo(200));
            Assert.That((await user.Get($"{other}/components/{id}/versions/{version}")).Status, Is.EqualTo(404));
            Assert.That(
                (await Actor.New().Get($"{session}/components/{id}/versions/{version}")).Status,
                Is.EqualTo(404)
            );
        }
        await user.Trash(session);
        foreach (var version in new[] { 1, 2 })
            Assert.That((await user.Get($"{session}/components/{id}/versions/{version}")).Status, Is.EqualTo(404));
    }
}
