using System.Diagnostics;
using AiEditor.Persistence.Features.UpdateComponent;
using AiEditor.Persistence.Tests.Support;
using CsCheck;

namespace AiEditor.Persistence.Tests.Journeys;

/// <summary>What <c>on_conflict=merge</c> makes of two changes of one version.</summary>
public sealed class MergeTests
{
    static readonly Gen<string> End = Gen.OneOf("\n", "\n", "\n", "\r\n", "\r", "");
    static readonly Gen<string> Code = Gen.Select(Gen.OneOf("a", "b", "c", "d", ""), End, (line, end) => line + end)
        .Array[0, 12]
        .Select(string.Concat);

    readonly Actor user = Actor.New();

    [Test]
    public async Task Changes_of_different_lines_and_fields_come_together_and_say_so()
    {
        var (path, _) = await ComponentAsync("one\ntwo\nthree\nfour\nfive\n");
        await user.Patch(path, new { jsx_code = "ONE\ntwo\nthree\nfour\nfive\n", metadata = new { theirs = 1 } });

        var merged = await Merge(
            path,
            new
            {
                jsx_code = "one\ntwo\nthree\nfour\nFIVE\n",
                name = "Mine",
                metadata = new { mine = 2 },
            }
        );

        Assert.That(merged.Status, Is.EqualTo(200), merged.Text);
        Assert.That(merged.Json.GetProperty("merged").GetBoolean(), Is.True);
        Assert.That(merged.Headers["ETag"], Is.EqualTo("\"3\""));
        Assert.That(merged.Json.GetProperty("jsx_code").GetString(), Is.EqualTo("ONE\ntwo\nthree\nfour\nFIVE\n"));
        Assert.That(merged.Json.GetProperty("name").GetString(), Is.EqualTo("Mine"));
        Assert.That(merged.Json.GetProperty("metadata").GetRawText(), Is.EqualTo("""{"theirs":1,"mine":2}"""));
        var overwritten = await user.Get($"{path}/versions/2");
        Assert.That(overwritten.Json.GetProperty("jsx_code").GetString(), Is.EqualTo("ONE\ntwo\nthree\nfour\nfive\n"));
    }

    [TestCase("one\nTWO\nthree\n", "one\nzwei\nthree\n", TestName = "The same line")]
    [TestCase("ONE\ntwo\nthree\n", "one\nTWO\nthree\n", TestName = "Touching lines")]
    [TestCase("one\ntwo\nthree\nx\n", "one\ntwo\nthree\ny\n", TestName = "Two things added in one place")]
    [TestCase("one\r\ntwo\r\nthree\r\n", "one\nTWO\nthree\n", TestName = "Other line ends beside an edit")]
    [TestCase("one\ntwo\nthree", "one\ntwo\nTHREE\n", TestName = "The end of the last line")]
    public async Task Changes_that_touch_are_a_conflict_and_nothing_is_lost(string theirs, string mine)
    {
        var (path, _) = await ComponentAsync("one\ntwo\nthree\n");
        await user.Patch(path, new { jsx_code = theirs });

        var refused = await Merge(path, new { jsx_code = mine });

        Assert.That((refused.Status, refused.Code), Is.EqualTo((412, "version_conflict")), refused.Text);
        Assert.That(
            new[] { "base", "mine", "theirs" }.Select(side =>
                refused.Json.GetProperty(side).GetProperty("jsx_code").GetString()
            ),
            Is.EqualTo(new[] { "one\ntwo\nthree\n", mine, theirs })
        );
        Assert.That((await user.Get(path)).Json.GetProperty("version").GetInt64(), Is.EqualTo(2));
    }

    [TestCase("""{"a": {"x": 1}}""", """{"a": {"y": 2}}""", """{"base":1,"a":{"x":1,"y":2}}""")]
    [TestCase("""{"base": null}""", """{"more": 1}""", """{"more":1}""")]
    [TestCase("""{"base": null}""", """{"base": null}""", """{}""")]
    [TestCase("""{"base": null}""", """{"base": 2}""", null)]
    [TestCase("""{"base": 2}""", """{"base": 3}""", null)]
    [TestCase("""{"base": 9007199254740993}""", """{"n": 1e300}""", """{"base":9007199254740993,"n":1e300}""")]
    [TestCase("""{"list": [1]}""", """{"list": [2]}""", null)]
    public async Task Metadata_comes_together_key_by_key(string theirs, string mine, string? merged)
    {
        var (path, _) = await ComponentAsync("x", """{"base": 1}""");
        await user.Patch(path, $$"""{"metadata": {{theirs}}}""");

        var answer = await Merge(path, $$"""{"metadata": {{mine}}}""");

        Assert.That(answer.Status, Is.EqualTo(merged is null ? 412 : 200), answer.Text);
        if (merged is not null)
            Assert.That(answer.Json.GetProperty("metadata").GetRawText(), Is.EqualTo(merged));
    }

    [Test]
    public async Task What_fits_on_either_side_and_not_together_is_a_conflict()
    {
        var half = new string('x', 600 * 1024);
        var (path, _) = await ComponentAsync("a\nb\nc\nd\n");
        await user.Patch(path, new { jsx_code = $"{half}\nb\nc\nd\n" });

        var refused = await Merge(path, new { jsx_code = $"a\nb\nc\n{half}\n" });

        Assert.That((refused.Status, refused.Code), Is.EqualTo((412, "version_conflict")));
    }

    [Test]
    public async Task Whether_it_is_current_is_as_asked_or_as_it_is_now()
    {
        var (path, session) = await ComponentAsync("a\nb\nc\n");
        await user.Patch(path, new { jsx_code = "A\nb\nc\n" });
        await user.Component(session, "Other");

        var unasked = await Merge(path, new { jsx_code = "a\nb\nC\n" });
        var asked = await Merge(path, new { css_code = "x", is_current = true });

        Assert.That(unasked.Json.GetProperty("is_current").GetBoolean(), Is.False);
        Assert.That(asked.Json.GetProperty("is_current").GetBoolean(), Is.True);
        Assert.That(asked.Json.GetProperty("jsx_code").GetString(), Is.EqualTo("A\nb\nC\n"));
    }

    [Test]
    public async Task A_change_that_is_not_stale_or_names_no_version_is_no_merge_and_an_unknown_base_is_none()
    {
        var (path, _) = await ComponentAsync("a");
        var fresh = await Merge(path, new { jsx_code = "b" });
        var any = await user.Patch($"{path}?on_conflict=merge", new { jsx_code = "c" });
        var unknown = await user.Patch($"{path}?on_conflict=merge", new { jsx_code = "d" }, ("If-Match", "\"99\""));
        var wrong = await user.Patch($"{path}?on_conflict=mine", new { jsx_code = "d" });

        Assert.That(fresh.Json.TryGetProperty("merged", out _), Is.False);
        Assert.That(any.Json.TryGetProperty("merged", out _), Is.False);
        Assert.That(
            (unknown.Status, unknown.Json.GetProperty("base").ValueKind),
            Is.EqualTo((412, System.Text.Json.JsonValueKind.Null))
        );
        Assert.That((wrong.Status, wrong.Code), Is.EqualTo((400, "malformed_request")));
        Assert.That(wrong.Fields, Is.EqualTo(new[] { "on_conflict" }));
    }

    [Test]
    public async Task Twenty_editors_of_one_component_on_lines_of_their_own_all_have_their_say()
    {
        var lines = Enumerable.Range(0, 60).Select(i => $"line {i}\n").ToArray();
        var (path, _) = await ComponentAsync(string.Concat(lines));

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i =>
                {
                    var mine = lines.ToArray();
                    mine[3 * i] = $"editor {i}\n";
                    return Merge(path, new { jsx_code = string.Concat(mine) });
                })
        );

        Assert.That(answers.Select(a => a.Status), Is.All.EqualTo(200));
        Assert.That(answers.Count(a => a.Json.TryGetProperty("merged", out _)), Is.EqualTo(19));
        var now = (await user.Get(path)).Json;
        for (var i = 0; i < 20; i++)
            lines[3 * i] = $"editor {i}\n";
        Assert.That(now.GetProperty("jsx_code").GetString(), Is.EqualTo(string.Concat(lines)));
        Assert.That(now.GetProperty("version").GetInt64(), Is.EqualTo(21));
    }

    [Test]
    public async Task In_a_batch_the_verdict_says_merged()
    {
        var (path, session) = await ComponentAsync("a\nb\nc\n");
        await user.Patch(path, new { jsx_code = "A\nb\nc\n" });

        var batch = await user.Post(
            "/v1/batch",
            $$"""
            {"operations": [{
                "type": "update_component", "session_id": {{session.Split('/')[^1]}}, "item_id": {{path.Split('/')[
                ^1
            ]}},
                "base_version": 1, "on_conflict": "merge", "jsx_code": "a\nb\nC\n"
            }]}
            """
        );

        var result = batch.Json.GetProperty("results")[0];
        Assert.That(result.GetProperty("verdict").GetString(), Is.EqualTo("merged"), batch.Text);
        Assert.That(result.GetProperty("resource").GetProperty("jsx_code").GetString(), Is.EqualTo("A\nb\nC\n"));
    }

    [Test]
    public void One_side_alone_is_taken_as_it_is_and_both_the_same_are_taken_once() =>
        Gen.Select(Code, Code)
            .Sample(
                (common, changed) =>
                    LineMerge.Of(common, changed, common) == changed
                    && LineMerge.Of(common, common, changed) == changed
                    && LineMerge.Of(common, changed, changed) == changed
            );

    [Test]
    public void It_is_the_same_whoever_came_first_and_invents_no_line() =>
        Gen.Select(Code, Code, Code)
            .Sample(
                (common, mine, theirs) =>
                {
                    var merged = LineMerge.Of(common, mine, theirs);
                    var lines = (mine + "\n" + theirs + "\n" + common).Split('\n', '\r').ToHashSet();
                    return merged == LineMerge.Of(common, theirs, mine)
                        && (merged is null || merged.Split('\n', '\r').All(lines.Contains));
                }
            );

    [Test]
    public void Edits_with_an_untouched_line_between_them_never_conflict() =>
        Gen.Select(Code, Code, Code, Code, Code, Code)
            .Sample(
                (before, mine, between, theirs, after, end) =>
                {
                    string Text(string here, string there) =>
                        $"{before}\n<1>\n{here}\n<2>\n{between}\n<3>\n{there}\n<4>\n{after}{end}";
                    return LineMerge.Of(Text("x", "y"), Text(mine, "y"), Text("x", theirs)) == Text(mine, theirs);
                }
            );

    [Test]
    public void Steps_of_real_histories_on_top_of_an_edit_elsewhere_come_out_byte_for_byte()
    {
        var steps = RealData
            .Read("components.ndjson")
            .Where(component => component.TryGetProperty("history", out _))
            .Select(component =>
                component
                    .GetProperty("history")
                    .EnumerateArray()
                    .Select(v => v.GetProperty("jsx_code").GetString()!)
                    .ToArray()
            )
            .SelectMany(history => history.Zip(history.Skip(1), (from, to) => (From: from, To: to)))
            .ToArray();

        foreach (var (from, to) in steps)
            Assert.That(LineMerge.Of(from, to, $"// mine\n\n{from}"), Is.AnyOf($"// mine\n\n{to}", null));
        Assert.That(
            steps.Count(s => LineMerge.Of(s.From, s.To, $"// mine\n\n{s.From}") is not null),
            Is.GreaterThan(steps.Length / 2)
        );
    }

    [Test]
    public void Texts_that_have_nothing_in_common_take_no_longer_than_a_lock_may_be_held()
    {
        var random = new Random(1);
        string Lines(int count) => string.Concat(Enumerable.Range(0, count).Select(_ => $"{random.Next(count)}\n"));
        var slowest = TimeSpan.Zero;
        foreach (var count in (int[])[1300, 1999, 100_000])
        {
            var (common, mine, theirs) = (Lines(count), Lines(count), Lines(count));
            // The best of three: the first is also compiled meanwhile, and any may have to share the machine.
            var took = Enumerable.Range(0, 3).Min(_ => Timed(() => LineMerge.Of(common, mine, theirs)));
            slowest = took > slowest ? took : slowest;
        }
        TestContext.Out.WriteLine($"slowest merge: {slowest.TotalMilliseconds:F0} ms");

        Assert.That(slowest, Is.LessThan(TimeSpan.FromMilliseconds(500)));
    }

    static TimeSpan Timed(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start);
    }

    async Task<(string Path, string Session)> ComponentAsync(string jsxCode, string metadata = "{}")
    {
        var session = await user.SessionPath();
        var made = await user.Post(
            $"{session}/components",
            new
            {
                name = "Button",
                jsx_code = jsxCode,
                metadata = System.Text.Json.Nodes.JsonNode.Parse(metadata),
            }
        );
        Assert.That(made.Status, Is.EqualTo(201), made.Text);
        return (made.Headers["Location"], session);
    }

    Task<Answer> Merge(string path, object patch) =>
        user.Patch($"{path}?on_conflict=merge", patch, ("If-Match", "\"1\""));
}
