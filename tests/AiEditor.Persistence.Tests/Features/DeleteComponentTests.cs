using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class DeleteComponentTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task A_deleted_component_is_gone_with_its_versions()
    {
        var session = await user.SessionPath();
        var path = $"{session}/components/{(await user.Component(session)).GetProperty("id")}";
        await user.Patch(path, new { jsx_code = "<i/>" });

        var answer = await user.Delete(path);

        Assert.That((answer.Status, answer.Text, answer.Revision), Is.EqualTo((204, "", 4)));
        foreach (var gone in new[] { path, $"{path}/versions", $"{path}/versions/1", $"{path}/versions/2" })
            Assert.That((await user.Get(gone)).Status, Is.EqualTo(404), gone);
        Assert.That((await user.Patch(path, new { name = "Back" })).Status, Is.EqualTo(404));
        Assert.That((await user.Post($"{path}/versions/1/restore")).Status, Is.EqualTo(404));
        Assert.That((await user.Delete(path)).Status, Is.EqualTo(404));
        Assert.That((await user.Get($"{session}/components")).Json.GetProperty("items").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Deleting_the_current_one_leaves_none_current_until_another_is_chosen()
    {
        var session = await user.SessionPath();
        var first = await user.Component(session, "First");
        var second = await user.Component(session, "Second");

        await user.Delete($"{session}/components/{second.GetProperty("id")}");

        Assert.That((await user.Get($"{session}/components/current")).Status, Is.EqualTo(404));
        Assert.That(
            (await user.Put($"{session}/components/{first.GetProperty("id")}/current")).Status,
            Is.EqualTo(200)
        );
        Assert.That(
            (await user.Get($"{session}/components/current")).Json.GetProperty("name").GetString(),
            Is.EqualTo("First")
        );
    }

    [Test]
    public async Task Deleting_another_leaves_the_current_one_as_it_is()
    {
        var session = await user.SessionPath();
        var other = await user.Component(session, "Other", isCurrent: false);
        var current = await user.Component(session, "Current");

        await user.Delete($"{session}/components/{other.GetProperty("id")}");

        Assert.That((await user.Get($"{session}/components/current")).Text, Is.EqualTo(current.GetRawText()));
    }

    [Test]
    public async Task Twenty_parallel_deletes_delete_once_and_a_replay_is_204()
    {
        var session = await user.SessionPath();
        var path = $"{session}/components/{(await user.Component(session)).GetProperty("id")}";
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => i == 7 ? user.Delete(path, key) : user.Delete(path))
        );
        var again = await user.Delete(path, key);

        Assert.That(answers.Count(a => a.Status == 204), Is.EqualTo(1));
        Assert.That(answers.Count(a => a.Status == 404), Is.EqualTo(19));
        Assert.That((again.Status, again.Replayed), Is.EqualTo(answers[7].Status == 204 ? (204, true) : (404, false)));
    }

    [Test]
    public async Task A_replayed_delete_is_204_at_its_first_revision()
    {
        var session = await user.SessionPath();
        var path = $"{session}/components/{(await user.Component(session)).GetProperty("id")}";
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        await user.Delete(path, key);
        await user.Component(session);

        var replay = await user.Delete(path, key);

        Assert.That((replay.Status, replay.Replayed, replay.Revision), Is.EqualTo((204, true, 3)));
    }

    [Test]
    public async Task It_is_found_only_by_its_owner_in_its_own_live_session()
    {
        var (session, other) = (await user.SessionPath(), await user.SessionPath());
        var id = (await user.Component(session)).GetProperty("id");

        Assert.That((await user.Delete($"{other}/components/{id}")).Status, Is.EqualTo(404));
        Assert.That((await Actor.New().Delete($"{session}/components/{id}")).Status, Is.EqualTo(404));
        Assert.That((await user.Get($"{session}/components/{id}")).Status, Is.EqualTo(200));
        await user.Trash(session);
        Assert.That((await user.Delete($"{session}/components/{id}")).Status, Is.EqualTo(404));
    }
}
