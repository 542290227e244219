using System.Text.Json;
using AiEditor.Persistence.Tests.Support;
using CsCheck;

namespace AiEditor.Persistence.Tests.Features;

public sealed class GetMessageTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task What_was_saved_is_what_is_read_whatever_the_text_and_the_metadata()
    {
        var session = await user.SessionPath();

        await Gen.Select(Anything.Text.Where(text => text.Length > 0), Anything.Object)
            .SampleAsync(
                async (content, metadata) =>
                {
                    var saved = await user.Post(
                        $"{session}/messages",
                        $$"""{"role": "user", "content": {{Anything.Quoted(content)}}, "metadata": {{metadata}}}"""
                    );
                    Expect(saved.Status == 201, saved.Text);
                    var read = await user.Get(saved.Headers["Location"]);
                    Expect(read.Status == 200 && read.Text == saved.Text, read.Text);
                    Expect(read.Json.GetProperty("content").GetString() == content, read.Text);
                    using var sent = JsonDocument.Parse(metadata);
                    Expect(JsonElement.DeepEquals(read.Json.GetProperty("metadata"), sent.RootElement), read.Text);
                },
                iter: 150,
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
    public async Task Numbers_in_metadata_come_back_digit_for_digit()
    {
        const string Metadata =
            """{"a":9007199254740993,"b":1.10,"c":-0.0,"d":1E+300,"e":[0.1000000000000000055511151231257827]}""";
        var session = await user.SessionPath();
        var saved = await user.Post(
            $"{session}/messages",
            $$"""{"role": "assistant", "content": "x", "metadata": {{Metadata}}}"""
        );

        var read = await user.Get(saved.Headers["Location"]);

        Assert.That(read.Json.GetProperty("metadata").GetRawText(), Is.EqualTo(Metadata));
    }

    [Test]
    public async Task A_message_is_found_in_its_own_session_only()
    {
        var (session, other) = (await user.SessionPath(), await user.SessionPath());
        var id = (await user.Message(session)).GetProperty("id");

        Assert.That((await user.Get($"{session}/messages/{id}")).Status, Is.EqualTo(200));
        Assert.That((await user.Get($"{other}/messages/{id}")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task A_foreign_message_answers_as_one_that_never_was()
    {
        var session = await user.SessionPath();
        var id = (await user.Message(session)).GetProperty("id");

        var foreign = await Actor.New().Get($"{session}/messages/{id}");
        var missing = await user.Get($"{session}/messages/9007199254740991");

        Assert.That((foreign.Status, foreign.Code), Is.EqualTo((404, "not_found")));
        Assert.That(foreign.WithoutTrace, Is.EqualTo(missing.WithoutTrace));
    }

    [Test]
    public async Task A_message_goes_to_the_trash_with_its_session()
    {
        var session = await user.SessionPath();
        var id = (await user.Message(session)).GetProperty("id");

        await user.Trash(session);

        Assert.That((await user.Get($"{session}/messages/{id}")).Status, Is.EqualTo(404));
    }

    [TestCase("0")]
    [TestCase("01")]
    [TestCase("-1")]
    [TestCase("9007199254740992")]
    [TestCase("99999999999999999999")]
    [TestCase("x")]
    public async Task What_is_no_id_is_404(string id)
    {
        var session = await user.SessionPath();

        var answer = await user.Get($"{session}/messages/{id}");

        Assert.That((answer.Status, answer.Code), Is.EqualTo((404, "not_found")));
    }
}
