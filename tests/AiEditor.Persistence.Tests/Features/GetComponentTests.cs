using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class GetComponentTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task A_component_comes_back_with_its_version_as_ETag()
    {
        var session = await user.SessionPath();
        var path = $"{session}/components/{(await user.Component(session)).GetProperty("id")}";
        var changed = await user.Patch(path, new { jsx_code = "<i/>" });

        var answer = await user.Get(path);

        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That(answer.Text, Is.EqualTo(changed.Text));
        Assert.That(answer.Headers["ETag"], Is.EqualTo("\"2\""));
    }

    [Test]
    public async Task It_is_found_only_by_its_owner_in_its_own_live_session()
    {
        var (session, other) = (await user.SessionPath(), await user.SessionPath());
        var id = (await user.Component(session)).GetProperty("id");

        Assert.That((await user.Get($"{session}/components/{id}")).Status, Is.EqualTo(200));
        Assert.That((await user.Get($"{other}/components/{id}")).Code, Is.EqualTo("not_found"));
        Assert.That((await Actor.New().Get($"{session}/components/{id}")).Code, Is.EqualTo("not_found"));
        await user.Trash(session);
        Assert.That((await user.Get($"{session}/components/{id}")).Code, Is.EqualTo("not_found"));
    }

    [TestCase("0")]
    [TestCase("01")]
    [TestCase("-1")]
    [TestCase("x")]
    [TestCase("9007199254740991")]
    [TestCase("9007199254740992")]
    public async Task What_is_no_id_or_nobodys_is_404(string id)
    {
        var answer = await user.Get($"{await user.SessionPath()}/components/{id}");

        Assert.That((answer.Status, answer.Code), Is.EqualTo((404, "not_found")));
    }
}
