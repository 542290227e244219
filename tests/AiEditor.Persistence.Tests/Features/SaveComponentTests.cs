using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class SaveComponentTests
{
    const int MiB = 1024 * 1024;
    readonly Actor user = Actor.New();

    [Test]
    public async Task A_component_comes_back_as_it_was_sent_with_its_defaults()
    {
        var session = await user.SessionPath();

        var answer = await user.Post(
            $"{session}/components",
            new { name = " Card 😀 ", jsx_code = "<b>\r\n\t'\"\\ שלום</b> " }
        );

        Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
        var component = answer.Json;
        Assert.That(component.GetProperty("name").GetString(), Is.EqualTo(" Card 😀 "));
        Assert.That(component.GetProperty("jsx_code").GetString(), Is.EqualTo("<b>\r\n\t'\"\\ שלום</b> "));
        Assert.That(component.GetProperty("css_code").GetString(), Is.EqualTo(""));
        Assert.That(component.GetProperty("component_type").GetString(), Is.EqualTo("component"));
        Assert.That(component.GetProperty("is_current").GetBoolean(), Is.True);
        Assert.That(component.GetProperty("metadata").GetRawText(), Is.EqualTo("{}"));
        Assert.That(component.GetProperty("version").GetInt64(), Is.EqualTo(1));
        Assert.That(component.GetProperty("revision").GetInt64(), Is.EqualTo(2));
        Assert.That(
            component.GetProperty("updated_at").GetRawText(),
            Is.EqualTo($"{component.GetProperty("created_at").GetRawText()}")
        );
        Assert.That(answer.Revision, Is.EqualTo(2));
        Assert.That(answer.Headers["Location"], Is.EqualTo($"{session}/components/{component.GetProperty("id")}"));
        Assert.That(answer.Headers["Idempotency-Key"], Is.EqualTo(component.GetProperty("client_id").GetString()));
        Assert.That((await user.Get(answer.Headers["Location"])).Text, Is.EqualTo(answer.Text));
    }

    [Test]
    public async Task Optional_members_that_are_null_count_as_not_given()
    {
        var session = await user.SessionPath();

        var answer = await user.Post(
            $"{session}/components",
            """{"name":"A","jsx_code":"x","css_code":null,"component_type":null,"is_current":null,"metadata":null}"""
        );

        Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
        Assert.That(answer.Json.GetProperty("css_code").GetString(), Is.EqualTo(""));
        Assert.That(answer.Json.GetProperty("component_type").GetString(), Is.EqualTo("component"));
        Assert.That(answer.Json.GetProperty("is_current").GetBoolean(), Is.True);
        Assert.That(answer.Json.GetProperty("metadata").GetRawText(), Is.EqualTo("{}"));
    }

    [Test]
    public async Task Text_at_its_limits_is_kept_whole()
    {
        var session = await user.SessionPath();
        var name = string.Concat(Enumerable.Repeat("😀", 255));
        var type = string.Concat(Enumerable.Repeat("é", 50));

        var answer = await user.Post(
            $"{session}/components",
            new
            {
                name,
                jsx_code = new string('j', MiB),
                css_code = new string('c', MiB),
                component_type = type,
                metadata = new { s = new string('m', (64 * 1024) - 8) },
            }
        );

        Assert.That(answer.Status, Is.EqualTo(201), answer.Text[..Math.Min(400, answer.Text.Length)]);
        var kept = (await user.Get(answer.Headers["Location"])).Json;
        Assert.That(kept.GetProperty("name").GetString(), Is.EqualTo(name));
        Assert.That(kept.GetProperty("component_type").GetString(), Is.EqualTo(type));
        Assert.That(kept.GetProperty("jsx_code").GetString(), Is.EqualTo(new string('j', MiB)));
        Assert.That(kept.GetProperty("css_code").GetString(), Is.EqualTo(new string('c', MiB)));
        Assert.That(kept.GetProperty("metadata").GetRawText(), Has.Length.EqualTo(64 * 1024));
    }

    [Test]
    public async Task Numbers_in_metadata_come_back_digit_for_digit()
    {
        var session = await user.SessionPath();

        var answer = await user.Post(
            $"{session}/components",
            """{"name":"A","jsx_code":"x","metadata":{"n":9007199254740993,"d":0.10,"o":{"e":1e2}}}"""
        );

        Assert.That(
            (await user.Get(answer.Headers["Location"])).Json.GetProperty("metadata").GetRawText(),
            Is.EqualTo("""{"n":9007199254740993,"d":0.10,"o":{"e":1e2}}""")
        );
    }

    [Test]
    public async Task Saving_a_current_component_touches_the_one_before_without_a_version()
    {
        var session = await user.SessionPath();
        var first = await user.Component(session, "First");
        var bystander = await user.Component(session, "Bystander", isCurrent: false);

        var second = await user.Component(session, "Second");

        var before = (await user.Get($"{session}/components/{first.GetProperty("id")}")).Json;
        Assert.That(before.GetProperty("is_current").GetBoolean(), Is.False);
        Assert.That(before.GetProperty("revision").GetInt64(), Is.EqualTo(second.GetProperty("revision").GetInt64()));
        Assert.That(
            before.GetProperty("updated_at").GetRawText(),
            Is.EqualTo(second.GetProperty("created_at").GetRawText())
        );
        Assert.That(before.GetProperty("version").GetInt64(), Is.EqualTo(1));
        Assert.That(
            (await user.Get($"{session}/components/{first.GetProperty("id")}/versions"))
                .Json.GetProperty("items")
                .GetArrayLength(),
            Is.EqualTo(1)
        );
        Assert.That(
            (await user.Get($"{session}/components/{bystander.GetProperty("id")}")).Text,
            Is.EqualTo(bystander.GetRawText())
        );
    }

    [Test]
    public async Task Saving_one_that_is_not_current_leaves_the_current_one_alone()
    {
        var session = await user.SessionPath();
        var first = await user.Component(session, "First");

        await user.Component(session, "Second", isCurrent: false);

        Assert.That((await user.Get($"{session}/components/current")).Text, Is.EqualTo(first.GetRawText()));
    }

    [Test]
    public async Task Twenty_parallel_current_saves_leave_exactly_one_current()
    {
        var session = await user.SessionPath();

        var saved = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => user.Component(session, $"C{i}")));

        var list = (await user.Get($"{session}/components")).Json.GetProperty("items").EnumerateArray().ToArray();
        Assert.That(list, Has.Length.EqualTo(20));
        var current = list.Where(c => c.GetProperty("is_current").GetBoolean()).ToArray();
        Assert.That(current, Has.Length.EqualTo(1));
        Assert.That(
            current[0].GetProperty("client_id").GetString(),
            Is.EqualTo(saved.MaxBy(s => s.GetProperty("revision").GetInt64()).GetProperty("client_id").GetString())
        );
        // Each was touched by the save after its own, the last by its own alone.
        Assert.That(
            list.Select(c => c.GetProperty("revision").GetInt64()).Order(),
            Is.EqualTo(Enumerable.Range(3, 19).Append(21))
        );
    }

    [Test]
    public async Task Twenty_identical_saves_under_one_key_make_one_component()
    {
        var session = await user.SessionPath();
        var key = Guid.NewGuid().ToString();

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(_ =>
                    user.Post($"{session}/components", new { name = "A", jsx_code = "x" }, ("Idempotency-Key", key))
                )
        );

        Assert.That(answers.Select(a => (a.Status, a.Text, a.Revision)).Distinct().Count(), Is.EqualTo(1));
        Assert.That(answers.Count(a => !a.Replayed), Is.EqualTo(1));
        Assert.That(
            (await user.Get($"{session}/components")).Json.GetProperty("items").GetArrayLength(),
            Is.EqualTo(1)
        );
    }

    static IEnumerable<TestCaseData> Broken()
    {
        yield return Case("""{"jsx_code":"x"}""", "name");
        yield return Case("""{"name":null,"jsx_code":"x"}""", "name");
        yield return Case("""{"name":"","jsx_code":"x"}""", "name");
        yield return Case($$"""{"name":"{{new string('n', 256)}}","jsx_code":"x"}""", "name");
        yield return Case("""{"name":"a\u0000b","jsx_code":"x"}""", "name");
        yield return Case("""{"name":"A"}""", "jsx_code");
        yield return Case("""{"name":"A","jsx_code":""}""", "jsx_code");
        yield return Case($$"""{"name":"A","jsx_code":"é{{new string('j', MiB - 1)}}"}""", "jsx_code");
        yield return Case($$"""{"name":"A","jsx_code":"x","css_code":"{{new string('c', MiB + 1)}}"}""", "css_code");
        yield return Case("""{"name":"A","jsx_code":"x","component_type":""}""", "component_type");
        yield return Case(
            $$"""{"name":"A","jsx_code":"x","component_type":"{{new string('t', 51)}}"}""",
            "component_type"
        );
        yield return Case("""{"name":"A","jsx_code":"x","metadata":{"n":1e400}}""", "metadata");
        yield return Case(
            $$$"""{"name":"A","jsx_code":"x","metadata":{"s":"{{{new string('m', 65529)}}}"}}""",
            "metadata"
        );
        yield return Case("""{}""", "name", "jsx_code");

        static TestCaseData Case(string body, params string[] fields) =>
            new TestCaseData(body, fields).SetArgDisplayNames($"{body[..Math.Min(50, body.Length)]} ({body.Length})");
    }

    [TestCaseSource(nameof(Broken))]
    public async Task A_field_that_breaks_its_rule_is_422_and_named(string body, string[] fields)
    {
        var session = await user.SessionPath();

        var answer = await user.Post($"{session}/components", body);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((422, "validation_failed")), answer.Text);
        Assert.That(answer.Fields, Is.EquivalentTo(fields));
        Assert.That((await user.Get($"{session}/components")).Json.GetProperty("items").GetArrayLength(), Is.Zero);
    }

    [TestCase("""{"name":"A","jsx_code":"x","version":3}""")]
    [TestCase("""{"name":"A","jsx_code":"x","is_current":"yes"}""")]
    [TestCase("""{"name":"A","jsx_code":"x","metadata":[]}""")]
    [TestCase("""{"name":1,"jsx_code":"x"}""")]
    public async Task An_unknown_member_or_a_wrong_type_is_400(string body)
    {
        var session = await user.SessionPath();

        var answer = await user.Post($"{session}/components", body);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
    }

    [Test]
    public async Task Nothing_is_saved_into_a_session_of_another_or_in_the_trash()
    {
        var session = await user.SessionPath();
        var body = new { name = "A", jsx_code = "x" };

        Assert.That((await Actor.New().Post($"{session}/components", body)).Status, Is.EqualTo(404));
        await user.Trash(session);
        Assert.That((await user.Post($"{session}/components", body)).Status, Is.EqualTo(404));
    }
}
