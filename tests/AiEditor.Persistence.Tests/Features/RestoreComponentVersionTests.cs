using System.Text.Json;
using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class RestoreComponentVersionTests
{
    readonly Actor user = Actor.New();

    static readonly string[] Content = ["name", "jsx_code", "css_code", "component_type", "metadata"];

    [Test]
    public async Task A_restored_version_becomes_a_new_one_equal_to_it_and_later_ones_stay()
    {
        var session = await user.SessionPath();
        var saved = await user.Post(
            $"{session}/components",
            """{"name":"One","jsx_code":"1\r\n","css_code":"c","component_type":"card","metadata":{"n":1.50}}"""
        );
        var path = saved.Headers["Location"];
        await user.Patch(
            path,
            """{"name":"Two","jsx_code":"2","css_code":"","component_type":"page","metadata":{"n":null}}"""
        );

        var answer = await user.Post($"{path}/versions/1/restore");

        Assert.That((answer.Status, answer.Revision), Is.EqualTo((200, 4)), answer.Text);
        Assert.That(answer.Headers["ETag"], Is.EqualTo("\"3\""));
        Assert.That(answer.Json.GetProperty("version").GetInt64(), Is.EqualTo(3));
        Assert.That(ContentOf(answer.Json), Is.EqualTo(ContentOf(saved.Json)));
        Assert.That(answer.Json.GetProperty("is_current").GetBoolean(), Is.True);
        Assert.That((await user.Get(path)).Text, Is.EqualTo(answer.Text));
        Assert.That((await user.Get($"{path}/versions/2")).Json.GetProperty("jsx_code").GetString(), Is.EqualTo("2"));
        var third = (await user.Get($"{path}/versions/3")).Json;
        Assert.That(ContentOf(third), Is.EqualTo(ContentOf(saved.Json)));
        Assert.That(third.GetProperty("revision").GetInt64(), Is.EqualTo(4));
    }

    [Test]
    public async Task Restoring_what_is_there_takes_a_revision_but_makes_no_version()
    {
        var session = await user.SessionPath();
        var path = $"{session}/components/{(await user.Component(session, isCurrent: false)).GetProperty("id")}";

        var answer = await user.Post($"{path}/versions/1/restore");

        Assert.That((answer.Status, answer.Revision), Is.EqualTo((200, 3)), answer.Text);
        Assert.That(answer.Json.GetProperty("version").GetInt64(), Is.EqualTo(1));
        Assert.That(answer.Json.GetProperty("revision").GetInt64(), Is.EqualTo(3));
        Assert.That(answer.Json.GetProperty("is_current").GetBoolean(), Is.False);
        Assert.That((await user.Get(path)).Text, Is.EqualTo(answer.Text));
        Assert.That((await user.Get($"{path}/versions")).Json.GetProperty("items").GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public async Task One_key_restores_once_and_cannot_restore_another_version()
    {
        var session = await user.SessionPath();
        var path = $"{session}/components/{(await user.Component(session, jsxCode: "1")).GetProperty("id")}";
        await user.Patch(path, new { jsx_code = "2" });
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());

        var first = await user.Post($"{path}/versions/1/restore", null, key);
        var again = await user.Post($"{path}/versions/1/restore", null, key);
        var other = await user.Post($"{path}/versions/2/restore", null, key);

        Assert.That((again.Status, again.Replayed, again.Text), Is.EqualTo((200, true, first.Text)));
        Assert.That((other.Status, other.Code), Is.EqualTo((422, "idempotency_key_reused")));
        Assert.That((await user.Get(path)).Json.GetProperty("version").GetInt64(), Is.EqualTo(3));
    }

    [Test]
    public async Task Parallel_restores_of_two_versions_keep_every_version_in_between()
    {
        var session = await user.SessionPath();
        var path = $"{session}/components/{(await user.Component(session, jsxCode: "1")).GetProperty("id")}";
        await user.Patch(path, new { jsx_code = "2" });

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => user.Post($"{path}/versions/{1 + (i % 2)}/restore"))
        );

        Assert.That(answers.Select(a => a.Status), Is.All.EqualTo(200));
        var inOrder = answers.OrderBy(a => a.Revision).ToArray();
        var (version, code) = (2L, "2");
        foreach (var answer in inOrder)
        {
            var now = answer.Json.GetProperty("jsx_code").GetString()!;
            version += now == code ? 0 : 1;
            code = now;
            Assert.That(answer.Json.GetProperty("version").GetInt64(), Is.EqualTo(version));
            Assert.That(
                (await user.Get($"{path}/versions/{version}")).Json.GetProperty("jsx_code").GetString(),
                Is.EqualTo(now)
            );
        }
        Assert.That(version, Is.GreaterThan(2));
    }

    [TestCase("2")]
    [TestCase("0")]
    [TestCase("9007199254740991")]
    public async Task A_version_that_never_was_cannot_be_restored(string version)
    {
        var session = await user.SessionPath();
        var id = (await user.Component(session)).GetProperty("id");

        var answer = await user.Post($"{session}/components/{id}/versions/{version}/restore");

        Assert.That((answer.Status, answer.Code), Is.EqualTo((404, "not_found")));
        Assert.That(
            (await user.Get($"{session}/components/{id}")).Json.GetProperty("revision").GetInt64(),
            Is.EqualTo(2)
        );
    }

    [Test]
    public async Task It_is_found_only_by_its_owner_in_its_own_live_session()
    {
        var (session, other) = (await user.SessionPath(), await user.SessionPath());
        var id = (await user.Component(session)).GetProperty("id");

        Assert.That((await user.Post($"{other}/components/{id}/versions/1/restore")).Status, Is.EqualTo(404));
        Assert.That((await Actor.New().Post($"{session}/components/{id}/versions/1/restore")).Status, Is.EqualTo(404));
        await user.Trash(session);
        Assert.That((await user.Post($"{session}/components/{id}/versions/1/restore")).Status, Is.EqualTo(404));
    }

    static string ContentOf(JsonElement component) =>
        string.Join('|', Content.Select(name => component.GetProperty(name).GetRawText()));
}
