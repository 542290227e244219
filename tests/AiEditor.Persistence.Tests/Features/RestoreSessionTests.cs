using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class RestoreSessionTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task A_session_comes_back_from_the_trash_as_it_was()
    {
        var session = await user.SessionPath("Kept");
        await user.Message(session, "Still here");
        await user.Delete(session);

        var answer = await user.Post($"{session}/restore");

        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That(answer.Json.GetProperty("title").GetString(), Is.EqualTo("Kept"));
        Assert.That((answer.Json.GetProperty("revision").GetInt64(), answer.Revision), Is.EqualTo((4, 4)));
        var loaded = await user.Get(session);
        Assert.That(loaded.Json.GetProperty("session").GetRawText(), Is.EqualTo(answer.Text));
        Assert.That(loaded.Json.GetProperty("messages").GetArrayLength(), Is.EqualTo(1));
        Assert.That((await user.Get("/v1/sessions?trashed=true")).Json.GetProperty("items").GetArrayLength(), Is.Zero);
        Assert.That((await user.Get("/v1/sessions")).Json.GetProperty("items").GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public async Task Restoring_what_is_not_in_the_trash_takes_a_revision_all_the_same()
    {
        var session = await user.SessionPath();

        var answer = await user.Post($"{session}/restore");

        Assert.That((answer.Status, answer.Revision), Is.EqualTo((200, 2)), answer.Text);
        Assert.That((await user.Get(session)).Headers["ETag"], Is.EqualTo("W/\"2\""));
    }

    [Test]
    public async Task A_restore_sent_again_leaves_a_later_delete_alone()
    {
        var session = await user.SessionPath();
        var key = Guid.NewGuid().ToString();
        await user.Delete(session);
        await user.Post($"{session}/restore", null, ("Idempotency-Key", key));
        await user.Delete(session);

        var again = await user.Post($"{session}/restore", null, ("Idempotency-Key", key));

        Assert.That((again.Status, again.Revision, again.Replayed), Is.EqualTo((200, 3, true)));
        Assert.That((await user.Get(session)).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task The_receipt_says_what_was_restored()
    {
        var session = await user.SessionPath();
        await user.Delete(session);
        var answer = await user.Post($"{session}/restore");

        var receipt = (await user.Get($"/v1/operations/{answer.Headers["Idempotency-Key"]}")).Json;

        Assert.That(
            (
                receipt.GetProperty("kind").GetString(),
                receipt.GetProperty("action").GetString(),
                receipt.GetProperty("item_id").GetInt64(),
                receipt.GetProperty("revision").GetInt64()
            ),
            Is.EqualTo(("session", "restore", answer.Json.GetProperty("id").GetInt64(), 3))
        );
    }

    [Test]
    public async Task Deletes_and_restores_in_parallel_end_as_the_last_revision_says()
    {
        var session = await user.SessionPath();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? user.Delete(session) : user.Post($"{session}/restore"))
        );

        var last = answers.Where(a => a.Status is 200 or 204).MaxBy(a => a.Revision)!;
        Assert.That(answers.Select(a => a.Status), Is.All.AnyOf(200, 204, 404));
        Assert.That((await user.Get(session)).Status, Is.EqualTo(last.Status == 200 ? 200 : 404));
    }

    [Test]
    public async Task A_foreign_session_is_like_one_that_never_was()
    {
        var session = await user.SessionPath();
        await user.Delete(session);
        var other = Actor.New();

        var foreign = await other.Post($"{session}/restore");
        var never = await other.Post("/v1/sessions/9007199254740991/restore");

        Assert.That((foreign.Status, foreign.WithoutTrace), Is.EqualTo((404, never.WithoutTrace)));
        Assert.That((await user.Get(session)).Status, Is.EqualTo(404));
    }
}
