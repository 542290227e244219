using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class SetCurrentComponentTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task The_chosen_one_becomes_the_only_current_one_and_touches_the_one_before()
    {
        var session = await user.SessionPath();
        var first = await user.Component(session, "First");
        var second = await user.Component(session, "Second");

        var answer = await user.Put($"{session}/components/{first.GetProperty("id")}/current");

        Assert.That((answer.Status, answer.Revision), Is.EqualTo((200, 4)), answer.Text);
        Assert.That(answer.Json.GetProperty("is_current").GetBoolean(), Is.True);
        Assert.That(answer.Json.GetProperty("revision").GetInt64(), Is.EqualTo(4));
        Assert.That(answer.Json.GetProperty("version").GetInt64(), Is.EqualTo(1));
        Assert.That(answer.Headers["ETag"], Is.EqualTo("\"1\""));
        Assert.That((await user.Get($"{session}/components/current")).Text, Is.EqualTo(answer.Text));
        var before = (await user.Get($"{session}/components/{second.GetProperty("id")}")).Json;
        Assert.That(before.GetProperty("is_current").GetBoolean(), Is.False);
        Assert.That(before.GetProperty("revision").GetInt64(), Is.EqualTo(4));
        Assert.That(before.GetProperty("version").GetInt64(), Is.EqualTo(1));
    }

    [Test]
    public async Task Choosing_the_current_one_again_takes_a_revision_and_changes_nothing_else()
    {
        var session = await user.SessionPath();
        var id = (await user.Component(session)).GetProperty("id");

        var answer = await user.Put($"{session}/components/{id}/current");

        Assert.That((answer.Status, answer.Revision), Is.EqualTo((200, 3)));
        Assert.That((await user.Get($"{session}/components/current")).Text, Is.EqualTo(answer.Text));
    }

    [Test]
    public async Task A_replay_does_not_choose_again()
    {
        var session = await user.SessionPath();
        var id = (await user.Component(session, "First")).GetProperty("id");
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        await user.Put($"{session}/components/{id}/current", null, key);
        var second = await user.Component(session, "Second");

        var replay = await user.Put($"{session}/components/{id}/current", null, key);

        Assert.That((replay.Status, replay.Replayed, replay.Revision), Is.EqualTo((200, true, 3)));
        Assert.That(replay.Json.GetProperty("is_current").GetBoolean(), Is.False);
        Assert.That((await user.Get($"{session}/components/current")).Text, Is.EqualTo(second.GetRawText()));
    }

    [Test]
    public async Task Forty_parallel_choices_among_four_leave_the_last_one_current()
    {
        var session = await user.SessionPath();
        var ids = new List<string>();
        for (var i = 0; i < 4; i++)
            ids.Add((await user.Component(session, $"C{i}")).GetProperty("id").GetRawText());

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(i => user.Put($"{session}/components/{ids[i % 4]}/current"))
        );

        Assert.That(answers.Select(a => a.Revision), Is.EquivalentTo(Enumerable.Range(6, 40)));
        var current = (await user.Get($"{session}/components/current")).Json;
        Assert.That(
            current.GetProperty("id").GetInt64(),
            Is.EqualTo(answers.MaxBy(a => a.Revision)!.Json.GetProperty("id").GetInt64())
        );
        var list = (await user.Get($"{session}/components")).Json.GetProperty("items").EnumerateArray();
        Assert.That(list.Count(c => c.GetProperty("is_current").GetBoolean()), Is.EqualTo(1));
    }

    [Test]
    public async Task What_is_deleted_foreign_or_in_the_trash_cannot_be_chosen()
    {
        var (session, other) = (await user.SessionPath(), await user.SessionPath());
        var id = (await user.Component(session)).GetProperty("id");
        var gone = (await user.Component(session)).GetProperty("id");
        await user.Delete($"{session}/components/{gone}");

        Assert.That((await user.Put($"{session}/components/{gone}/current")).Status, Is.EqualTo(404));
        Assert.That((await user.Put($"{other}/components/{id}/current")).Status, Is.EqualTo(404));
        Assert.That((await Actor.New().Put($"{session}/components/{id}/current")).Status, Is.EqualTo(404));
        await user.Trash(session);
        Assert.That((await user.Put($"{session}/components/{id}/current")).Status, Is.EqualTo(404));
    }
}
