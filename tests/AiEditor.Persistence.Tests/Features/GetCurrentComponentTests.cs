using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class GetCurrentComponentTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task The_one_saved_last_as_current_is_the_current_one()
    {
        var session = await user.SessionPath();
        await user.Component(session, "First");
        var second = await user.Component(session, "Second");
        await user.Component(session, "Third", isCurrent: false);

        var answer = await user.Get($"{session}/components/current");

        Assert.That((answer.Status, answer.Text), Is.EqualTo((200, second.GetRawText())));
        Assert.That(answer.Headers["ETag"], Is.EqualTo("\"1\""));
    }

    [Test]
    public async Task Without_a_current_component_it_is_404()
    {
        var session = await user.SessionPath();
        await user.Component(session, isCurrent: false);

        var answer = await user.Get($"{session}/components/current");

        Assert.That((answer.Status, answer.Code), Is.EqualTo((404, "not_found")));
    }

    [Test]
    public async Task It_is_found_only_by_its_owner_in_a_live_session()
    {
        var session = await user.SessionPath();
        await user.Component(session);

        Assert.That((await Actor.New().Get($"{session}/components/current")).Status, Is.EqualTo(404));
        await user.Trash(session);
        Assert.That((await user.Get($"{session}/components/current")).Status, Is.EqualTo(404));
    }
}
