using AiEditor.Persistence.Tests.Support;
using CsCheck;

namespace AiEditor.Persistence.Tests.Journeys;

/// <summary>Whatever is done to components, in whatever order and however much at once, their history stays whole.</summary>
public sealed class ComponentHistoryTests
{
    Actor user = Actor.New();

    enum Act
    {
        Save,
        Patch,
        PatchCurrent,
        SetCurrent,
        Restore,
        Delete,
    }

    sealed record Step(Act Act, int Which, int Code, bool Current);

    /// <summary>Few codes and few components, so that steps meet: the same code again, a version restored twice.</summary>
    static readonly Gen<Step> Steps = Gen.Select(
        Gen.Frequency(
            (3, Gen.Const(Act.Save)),
            (6, Gen.Const(Act.Patch)),
            (2, Gen.Const(Act.PatchCurrent)),
            (3, Gen.Const(Act.SetCurrent)),
            (4, Gen.Const(Act.Restore)),
            (1, Gen.Const(Act.Delete))
        ),
        Gen.Int[0, 4],
        Gen.Int[0, 3],
        Gen.Bool,
        (act, which, code, current) => new Step(act, which, code, current)
    );

    static readonly string[] Codes = ["<b/>", "<i>\r\n\t</i>", "<u>😀 שלום</u>", " \"'\\ "];

    sealed class Expected(string path)
    {
        public string Path => path;
        public List<string> Versions { get; } = [];
        public bool Deleted { get; set; }
    }

    [Test]
    public async Task Any_sequence_leaves_at_most_one_current_and_every_version_as_it_was_saved() =>
        await Steps.Array[1, 25].SampleAsync(CheckSequence, iter: 40, threads: 2, writeLine: TestContext.Out.WriteLine);

    async Task CheckSequence(Step[] steps)
    {
        var session = await user.SessionPath();
        var components = new List<Expected>();
        Expected? current = null;
        var revision = 1;
        foreach (var step in steps)
        {
            var one = components.Count == 0 ? null : components[step.Which % components.Count];
            if (step.Act is Act.Save || one is null)
            {
                var saved = await user.Post(
                    $"{session}/components",
                    new
                    {
                        name = "C",
                        jsx_code = Codes[step.Code],
                        is_current = step.Current,
                    }
                );
                Assert.That((saved.Status, saved.Revision), Is.EqualTo((201, ++revision)), saved.Text);
                components.Add(new Expected(saved.Headers["Location"]) { Versions = { Codes[step.Code] } });
                current = step.Current ? components[^1] : current;
                continue;
            }
            var answer = await Do(step, one.Path);
            var done = !one.Deleted && (step.Act is not Act.Restore || step.Code < one.Versions.Count);
            Assert.That(
                answer.Status,
                Is.EqualTo(
                    !done ? 404
                    : step.Act is Act.Delete ? 204
                    : 200
                ),
                answer.Text
            );
            if (!done)
                continue;
            Assert.That(answer.Revision, Is.EqualTo(++revision));
            var code = step.Act switch
            {
                Act.Patch => Codes[step.Code],
                Act.Restore => one.Versions[step.Code],
                _ => one.Versions[^1],
            };
            if (code != one.Versions[^1])
                one.Versions.Add(code);
            if (step.Act is Act.SetCurrent || (step.Act is Act.PatchCurrent && step.Current))
                current = one;
            else if (step.Act is Act.PatchCurrent or Act.Delete && current == one)
                current = null;
            one.Deleted = step.Act is Act.Delete;
        }
        await Verify(session, components, current);
    }

    async Task Verify(string session, List<Expected> components, Expected? current)
    {
        var list = (await user.Get($"{session}/components")).Json.GetProperty("items").EnumerateArray().ToArray();
        Assert.That(
            list.Select(c => $"{session}/components/{c.GetProperty("id")}"),
            Is.EqualTo(components.Where(c => !c.Deleted).Select(c => c.Path))
        );
        Assert.That(
            list.Where(c => c.GetProperty("is_current").GetBoolean())
                .Select(c => $"{session}/components/{c.GetProperty("id")}"),
            Is.EqualTo(current is null ? [] : new[] { current.Path })
        );
        foreach (var component in components.Where(c => !c.Deleted))
            Assert.That(await History(component.Path), Is.EqualTo(component.Versions));
    }

    [Test]
    public async Task A_hundred_and_sixty_steps_at_once_end_in_one_order_that_explains_everything()
    {
        // A service of its own, so that what it prints is about these steps alone.
        await using var service = await Service.StartAsync(("DATABASE_URL", await TestCluster.CreateDatabaseAsync()));
        user = user.At(service);
        var seed = Environment.TickCount;
        await TestContext.Out.WriteLineAsync($"Seed {seed}");
        var random = new Random(seed);
        var session = await user.SessionPath();
        var paths = new List<string>();
        for (var i = 0; i < 5; i++)
            paths.Add($"{session}/components/{(await user.Component(session, $"C{i}", Codes[0])).GetProperty("id")}");
        // One delete at most for each, and few: what is gone can no longer go wrong.
        var acts = new[] { Act.Save, Act.Patch, Act.Patch, Act.PatchCurrent, Act.SetCurrent, Act.Restore };
        var steps = Enumerable
            .Range(0, 158)
            .Select(_ => new Step(acts[random.Next(acts.Length)], random.Next(5), random.Next(4), random.Next(2) == 0))
            .Append(new Step(Act.Delete, 0, 0, false))
            .Append(new Step(Act.Delete, 1, 0, false))
            .ToArray();
        random.Shuffle(steps);

        var answers = await Task.WhenAll(
            steps.Select(async step =>
                (
                    step,
                    answer: step.Act is Act.Save
                        ? await user.Post(
                            $"{session}/components",
                            new
                            {
                                name = "New",
                                jsx_code = Codes[step.Code],
                                is_current = step.Current,
                            }
                        )
                        : await Do(step, paths[step.Which])
                )
            )
        );

        Assert.That(answers.Select(a => a.answer.Status), Is.All.AnyOf(200, 201, 204, 404));
        var inOrder = answers.Where(a => a.answer.Status != 404).OrderBy(a => a.answer.Revision).ToArray();
        Assert.That(inOrder.Select(a => a.answer.Revision), Is.EqualTo(Enumerable.Range(7, inOrder.Length)));
        // The order of revisions is the order it happened in: replayed one by one, it explains every answer.
        var expected = paths.ToDictionary(p => p, p => new Expected(p) { Versions = { Codes[0] } });
        var current = expected[paths[4]];
        foreach (var (step, answer) in inOrder)
        {
            var path = answer.Headers.TryGetValue("Location", out var made) ? made : paths[step.Which];
            if (made is not null)
                expected[path] = new Expected(path);
            var one = expected[path];
            Assert.That(one.Deleted, Is.False);
            var code = step.Act switch
            {
                Act.Save or Act.Patch => Codes[step.Code],
                Act.Restore => one.Versions[step.Code],
                _ => one.Versions[^1],
            };
            if (one.Versions.Count == 0 || code != one.Versions[^1])
                one.Versions.Add(code);
            if (step.Act is Act.SetCurrent || (step.Act is Act.Save or Act.PatchCurrent && step.Current))
                current = one;
            else if (step.Act is Act.PatchCurrent or Act.Delete && current == one)
                current = null;
            one.Deleted = step.Act is Act.Delete;
            if (one.Deleted)
                continue;
            Assert.That(answer.Json.GetProperty("version").GetInt64(), Is.EqualTo(one.Versions.Count));
            Assert.That(answer.Json.GetProperty("jsx_code").GetString(), Is.EqualTo(code));
            Assert.That(answer.Json.GetProperty("is_current").GetBoolean(), Is.EqualTo(current == one));
        }
        var byId = expected.Values.OrderBy(e => long.Parse(e.Path.Split('/')[^1], null)).ToList();
        await Verify(session, byId, current);
        // A commit that the database refuses is made up for one by one: right in the end, but a slice wrote what it must not.
        Assert.That(service.Output, Does.Not.Contain("A commit failed").And.Not.Contain("could not be written"));
    }

    Task<Answer> Do(Step step, string path) =>
        step.Act switch
        {
            Act.Patch => user.Patch(path, new { jsx_code = Codes[step.Code] }),
            Act.PatchCurrent => user.Patch(path, new { is_current = step.Current }),
            Act.SetCurrent => user.Put($"{path}/current"),
            Act.Restore => user.Post($"{path}/versions/{step.Code + 1}/restore"),
            Act.Delete => user.Delete(path),
            _ => throw new InvalidOperationException(),
        };

    /// <summary>The code of versions 1 to n, each read by itself, after a look that the list numbers them without a gap.</summary>
    async Task<List<string>> History(string path)
    {
        var list = (await user.Get($"{path}/versions?limit=200")).Json.GetProperty("items").EnumerateArray().ToArray();
        Assert.That(
            list.Select(v => v.GetProperty("version").GetInt64()),
            Is.EqualTo(Enumerable.Range(1, list.Length).Reverse())
        );
        Assert.That(list.Select(v => v.GetProperty("revision").GetInt64()), Is.Ordered.Descending);
        var codes = new List<string>();
        foreach (var version in list.Reverse())
        {
            var whole = (await user.Get($"{path}/versions/{version.GetProperty("version")}")).Json;
            Assert.That(
                whole.GetProperty("revision").GetInt64(),
                Is.EqualTo(version.GetProperty("revision").GetInt64())
            );
            codes.Add(whole.GetProperty("jsx_code").GetString()!);
        }
        return codes;
    }
}
