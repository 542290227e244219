namespace AiEditor.Persistence.Tests.Architecture;

/// <summary>Each slice has its file of tests, and each such file its slice.</summary>
public sealed class MirrorTests
{
    [Test]
    public void The_tests_mirror_the_features()
    {
        var files = Directory
            .EnumerateFiles(Path.Combine(House.Root, "tests", "AiEditor.Persistence.Tests", "Features"), "*.cs")
            .Select(f => Path.GetFileName(f)!);

        Assert.That(Unmirrored(House.Slices, files), Is.Empty);
    }

    [TestCase("SaveMessage,LoadSession", "SaveMessageTests.cs", "no tests for LoadSession")]
    [TestCase("SaveMessage", "SaveMessageTests.cs,OldSliceTests.cs", "OldSliceTests.cs tests no slice")]
    [TestCase("SaveMessage", "SaveMessageTests.cs,Odds.cs", "Odds.cs tests no slice")]
    [TestCase("SaveMessage", "SaveMessageTests.cs", "")]
    public void A_broken_mirror_is_seen(string slices, string files, string complaint)
    {
        var complaints = Unmirrored(slices.Split(','), files.Split(','));

        Assert.That(string.Join("; ", complaints), Is.EqualTo(complaint));
    }

    static IEnumerable<string> Unmirrored(IEnumerable<string> slices, IEnumerable<string> files)
    {
        var tests = files.ToHashSet();
        var expected = slices.ToDictionary(s => s + "Tests.cs", s => s);
        return expected
            .Where(e => !tests.Contains(e.Key))
            .Select(e => $"no tests for {e.Value}")
            .Concat(tests.Where(t => !expected.ContainsKey(t)).Select(t => $"{t} tests no slice"));
    }
}
