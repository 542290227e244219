using System.Reflection;
using System.Text.RegularExpressions;

namespace AiEditor.Persistence.Tests.Architecture;

/// <summary>Where the sources are, what slices there are, and how their text is read.</summary>
static partial class House
{
    public static readonly Assembly Service = typeof(Program).Assembly;

    /// <summary>The folder of the solution, found from where the tests were built.</summary>
    public static string Root { get; } = Above(AppContext.BaseDirectory);

    /// <summary>The folders in Features: the product's table of contents.</summary>
    public static IReadOnlyList<string> Slices { get; } =
    [.. Directory.GetDirectories(Path.Combine(Root, "Features")).Select(f => Path.GetFileName(f)!).Order()];

    /// <summary>The service's own C# files: path from the root, and text.</summary>
    public static IEnumerable<(string Path, string Text)> Sources =>
        Directory
            .EnumerateFiles(Root, "*.cs")
            .Concat(
                new[] { "Features", "Infrastructure", "Migrations" }.SelectMany(room =>
                    Directory.EnumerateFiles(Path.Combine(Root, room), "*.cs", SearchOption.AllDirectories)
                )
            )
            .Select(file => (Path.GetRelativePath(Root, file).Replace('\\', '/'), File.ReadAllText(file)));

    /// <summary>A source without its comments and without what stands in its strings.</summary>
    public static string CodeOf(string source) => CommentOrText().Replace(source, " ");

    static string Above(string folder)
    {
        var at = new DirectoryInfo(folder);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "AiEditor.Persistence.sln")))
            at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException($"No solution above {folder}.");
    }

    [GeneratedRegex(
        """"
            //[^\n]* | /\*.*?\*/ | """.*?""" | @"(?:[^"]|"")*" | "(?:\\.|[^"\\\n])*"
            """",
        RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex CommentOrText();
}
