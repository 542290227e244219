using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class DeleteMessageTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task A_deleted_message_is_nowhere_to_be_found_and_its_neighbours_stay()
    {
        var session = await user.SessionPath();
        var (gone, stays) = (await Path(session), await Path(session));

        var answer = await user.Delete(gone);

        Assert.That((answer.Status, answer.Text, answer.Revision), Is.EqualTo((204, "", 4)));
        Assert.That((await user.Get(gone)).Status, Is.EqualTo(404));
        var listed = (await user.Get($"{session}/messages")).Json.GetProperty("items");
        var loaded = (await user.Get(session)).Json;
        foreach (var items in (System.Text.Json.JsonElement[])[listed, loaded.GetProperty("messages")])
            Assert.That(
                items.EnumerateArray().Select(i => $"{session}/messages/{i.GetProperty("id")}"),
                Is.EqualTo(new[] { stays })
            );
        Assert.That(loaded.GetProperty("session").GetProperty("revision").GetInt64(), Is.EqualTo(4));
    }

    [Test]
    public async Task A_repeated_delete_is_204_again_and_a_new_one_is_404()
    {
        var session = await user.SessionPath();
        var path = await Path(session);
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var first = await user.Delete(path, key);

        var again = await user.Delete(path, key);
        var anew = await user.Delete(path);

        Assert.That((first.Status, first.Revision, first.Replayed), Is.EqualTo((204, 3, false)));
        Assert.That((again.Status, again.Revision, again.Replayed), Is.EqualTo((204, 3, true)), again.Text);
        Assert.That((anew.Status, anew.Code), Is.EqualTo((404, "not_found")));
    }

    [Test]
    public async Task Of_ten_parallel_deletes_one_takes_a_revision()
    {
        var session = await user.SessionPath();
        var path = await Path(session);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => user.Delete(path)));

        Assert.That(answers.Count(a => a.Status == 204), Is.EqualTo(1));
        Assert.That(answers.Count(a => a.Status == 404), Is.EqualTo(9));
        Assert.That(
            (await user.Get(session)).Json.GetProperty("session").GetProperty("revision").GetInt64(),
            Is.EqualTo(3)
        );
    }

    [Test]
    public async Task A_message_that_is_not_there_for_the_caller_is_404()
    {
        var (session, other) = (await user.SessionPath(), await user.SessionPath());
        var path = await Path(session);

        var elsewhere = await user.Delete($"{other}/messages/{path.Split('/')[^1]}");
        var foreign = await Actor.New().Delete(path);
        var still = await user.Get(path);
        await user.Trash(session);
        var trashed = await user.Delete(path);

        foreach (var answer in (Answer[])[elsewhere, foreign, trashed])
            Assert.That((answer.Status, answer.Code), Is.EqualTo((404, "not_found")), answer.Text);
        Assert.That(still.Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_delete_among_patches_ends_them()
    {
        var session = await user.SessionPath();
        var path = await Path(session);

        var patches = Enumerable.Range(0, 20).Select(i => user.Patch(path, new { content = $"{i}" })).ToArray();
        var delete = await user.Delete(path);
        var answers = await Task.WhenAll(patches);

        Assert.That(delete.Status, Is.EqualTo(204));
        Assert.That(answers.Where(a => a.Status == 200).Select(a => a.Revision), Is.All.LessThan(delete.Revision));
        Assert.That(answers.Where(a => a.Status != 200).Select(a => a.Status), Is.All.EqualTo(404));
        Assert.That((await user.Get(path)).Status, Is.EqualTo(404));
    }

    async Task<string> Path(string session) => $"{session}/messages/{(await user.Message(session)).GetProperty("id")}";
}
