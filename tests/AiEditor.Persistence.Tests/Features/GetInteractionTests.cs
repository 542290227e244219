using System.Text.Json;
using AiEditor.Persistence.Tests.Support;
using CsCheck;

namespace AiEditor.Persistence.Tests.Features;

public sealed class GetInteractionTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task What_was_saved_is_what_is_read_whatever_the_texts_and_the_metadata()
    {
        var session = await user.SessionPath();

        await Gen.Select(Anything.Text, Anything.Text, Anything.Object)
            .SampleAsync(
                async (prompt, response, metadata) =>
                {
                    var saved = await user.Post(
                        $"{session}/interactions",
                        $$"""
                        {"prompt": {{Anything.Quoted(prompt)}}, "response": {{Anything.Quoted(response)}},
                         "interaction_type": "edit", "metadata": {{metadata}}}
                        """
                    );
                    Expect(saved.Status == 201, saved.Text);
                    var read = await user.Get(saved.Headers["Location"]);
                    Expect(read.Status == 200 && read.Text == saved.Text, read.Text);
                    Expect(read.Json.GetProperty("prompt").GetString() == prompt, read.Text);
                    Expect(read.Json.GetProperty("response").GetString() == response, read.Text);
                    using var sent = JsonDocument.Parse(metadata);
                    Expect(JsonElement.DeepEquals(read.Json.GetProperty("metadata"), sent.RootElement), read.Text);
                },
                iter: 100,
                threads: 4
            );

        // Not NUnit's assertions: those remember what failed while a smaller example was being looked for.
        static void Expect(bool condition, string text)
        {
            if (!condition)
                throw new InvalidOperationException(text);
        }
    }

    [Test]
    public async Task An_interaction_is_found_in_its_own_session_only()
    {
        var (session, other) = (await user.SessionPath(), await user.SessionPath());
        var id = (await user.Interaction(session)).GetProperty("id");

        Assert.That((await user.Get($"{session}/interactions/{id}")).Status, Is.EqualTo(200));
        Assert.That((await user.Get($"{other}/interactions/{id}")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task A_foreign_interaction_answers_as_one_that_never_was()
    {
        var session = await user.SessionPath();
        var id = (await user.Interaction(session)).GetProperty("id");

        var foreign = await Actor.New().Get($"{session}/interactions/{id}");
        var missing = await user.Get($"{session}/interactions/9007199254740991");

        Assert.That((foreign.Status, foreign.Code), Is.EqualTo((404, "not_found")));
        Assert.That(foreign.WithoutTrace, Is.EqualTo(missing.WithoutTrace));
    }

    [Test]
    public async Task An_interaction_goes_to_the_trash_with_its_session()
    {
        var session = await user.SessionPath();
        var id = (await user.Interaction(session)).GetProperty("id");

        await user.Trash(session);

        Assert.That((await user.Get($"{session}/interactions/{id}")).Status, Is.EqualTo(404));
    }
}
