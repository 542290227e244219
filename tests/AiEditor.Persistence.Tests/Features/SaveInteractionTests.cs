using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class SaveInteractionTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task An_interaction_comes_back_as_it_was_sent()
    {
        var session = await user.SessionPath();

        var answer = await user.Post(
            $"{session}/interactions",
            """
            {"prompt": " Bluer\r\n😀 ", "response": "שלום", "interaction_type": "edit", "target_element": "#a > b",
             "metadata": {"n": 9007199254740993}}
            """
        );

        Assert.That((answer.Status, answer.Revision), Is.EqualTo((201, 2)), answer.Text);
        var made = answer.Json;
        Assert.That(made.GetProperty("prompt").GetString(), Is.EqualTo(" Bluer\r\n😀 "));
        Assert.That(made.GetProperty("response").GetString(), Is.EqualTo("שלום"));
        Assert.That(made.GetProperty("interaction_type").GetString(), Is.EqualTo("edit"));
        Assert.That(made.GetProperty("target_element").GetString(), Is.EqualTo("#a > b"));
        Assert.That(made.GetProperty("metadata").GetRawText(), Is.EqualTo("""{"n":9007199254740993}"""));
        Assert.That(made.GetProperty("revision").GetInt64(), Is.EqualTo(2));
        Assert.That(answer.Headers["Location"], Is.EqualTo($"{session}/interactions/{made.GetProperty("id")}"));
        Assert.That(answer.Headers["Idempotency-Key"], Is.EqualTo(made.GetProperty("client_id").GetString()));
        Assert.That((await user.Get(answer.Headers["Location"])).Text, Is.EqualTo(answer.Text));
    }

    [TestCase("""{"prompt": "", "response": "", "interaction_type": "x"}""")]
    [TestCase("""{"prompt": "", "response": "", "interaction_type": "x", "target_element": null, "metadata": null}""")]
    public async Task Prompt_and_response_may_be_empty_and_the_rest_left_out_or_null(string body)
    {
        var session = await user.SessionPath();

        var answer = await user.Post($"{session}/interactions", body);

        Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
        Assert.That(answer.Json.GetProperty("prompt").GetString(), Is.Empty);
        Assert.That(answer.Json.GetProperty("response").GetString(), Is.Empty);
        Assert.That(answer.Json.GetProperty("target_element").GetRawText(), Is.EqualTo("null"));
        Assert.That(answer.Json.GetProperty("metadata").GetRawText(), Is.EqualTo("{}"));
    }

    [TestCase("{}", "prompt", "response", "interaction_type")]
    [TestCase(
        """{"prompt": null, "response": null, "interaction_type": null}""",
        "prompt",
        "response",
        "interaction_type"
    )]
    [TestCase("""{"prompt": "", "response": "", "interaction_type": ""}""", "interaction_type")]
    [TestCase("""{"prompt": "a\u0000", "response": "", "interaction_type": "x"}""", "prompt")]
    [TestCase("""{"prompt": "", "response": "", "interaction_type": "x", "metadata": {"n": 1e400}}""", "metadata")]
    public async Task Fields_that_break_their_rules_are_422_and_all_named(string body, params string[] fields)
    {
        var session = await user.SessionPath();

        var answer = await user.Post($"{session}/interactions", body);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((422, "validation_failed")), answer.Text);
        Assert.That(answer.Fields, Is.EquivalentTo(fields));
        Assert.That(
            (await user.Get(session)).Json.GetProperty("session").GetProperty("revision").GetInt64(),
            Is.EqualTo(1)
        );
    }

    [TestCase("""{"prompt": 1, "response": "", "interaction_type": "x"}""")]
    [TestCase("""{"prompt": "", "response": "", "interaction_type": "x", "metadata": "x"}""")]
    [TestCase("""{"prompt": "", "response": "", "interaction_type": "x", "unknown": 1}""")]
    [TestCase("""{"prompt": "\ud800", "response": "", "interaction_type": "x"}""")]
    public async Task What_is_no_interaction_is_400(string body)
    {
        var session = await user.SessionPath();

        var answer = await user.Post($"{session}/interactions", body);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
    }

    [Test]
    public async Task Texts_may_be_as_long_as_the_contract_says_and_no_longer()
    {
        var session = await user.SessionPath();
        // Four bytes, two UTF-16 units, one code point: each way of counting gives another answer.
        static string Faces(int count) => string.Concat(Enumerable.Repeat("😀", count));
        const int Full = 1024 * 1024 / 4;

        var full = await Save(Faces(Full), Faces(Full), Faces(50), Faces(255), 65536);
        var over = await Save(Faces(Full) + "a", Faces(Full) + "a", Faces(50) + "a", Faces(255) + "a", 65537);

        Assert.That(full.Status, Is.EqualTo(201), full.Text[..Math.Min(full.Text.Length, 500)]);
        Assert.That((over.Status, over.Code), Is.EqualTo((422, "validation_failed")));
        Assert.That(
            over.Fields,
            Is.EquivalentTo(new[] { "prompt", "response", "interaction_type", "target_element", "metadata" })
        );

        Task<Answer> Save(string prompt, string response, string type, string target, int metadataBytes) =>
            user.Post(
                $"{session}/interactions",
                $$"""
                {"prompt": "{{prompt}}", "response": "{{response}}", "interaction_type": "{{type}}",
                 "target_element": "{{target}}", "metadata": { "a" : "{{new string('a', metadataBytes - 8)}}" } }
                """
            );
    }

    [Test]
    public async Task Fifty_identical_requests_under_one_key_make_one_interaction_and_equal_answers()
    {
        var session = await user.SessionPath();
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        const string Body = """{"prompt": "Once", "response": "", "interaction_type": "edit"}""";

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => user.Post($"{session}/interactions", Body, key))
        );
        var different = await user.Post(
            $"{session}/interactions",
            """{"prompt": "Twice", "response": "", "interaction_type": "edit"}""",
            key
        );

        Assert.That(answers.Select(a => (a.Status, a.Text, a.Revision)).Distinct().Count(), Is.EqualTo(1));
        Assert.That(answers.Count(a => !a.Replayed), Is.EqualTo(1));
        Assert.That((different.Status, different.Code), Is.EqualTo((422, "idempotency_key_reused")));
        Assert.That((await user.Get(session)).Json.GetProperty("interactions").GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public async Task Messages_and_interactions_saved_in_parallel_share_one_sequence_of_revisions()
    {
        var session = await user.SessionPath();

        var saved = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? user.Interaction(session) : user.Message(session))
        );

        Assert.That(saved.Select(s => s.GetProperty("revision").GetInt64()), Is.EquivalentTo(Enumerable.Range(2, 40)));
    }

    [Test]
    public async Task A_session_that_is_not_there_for_the_caller_takes_none()
    {
        var session = await user.SessionPath();
        const string Body = """{"prompt": "", "response": "", "interaction_type": "x"}""";

        var foreign = await Actor.New().Post($"{session}/interactions", Body);
        await user.Trash(session);
        var trashed = await user.Post($"{session}/interactions", Body);

        foreach (var answer in (Answer[])[foreign, trashed])
            Assert.That((answer.Status, answer.Code), Is.EqualTo((404, "not_found")), answer.Text);
    }
}
