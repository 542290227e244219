using System.Reflection;
using System.Text.RegularExpressions;
using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Architecture;

/// <summary>Where the sources are, what slices there are, and how their text is read.</summary>
static partial class House
{
    public static readonly Assembly Service = typeof(Program).Assembly;

    public static string Root => Repository.Root;

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

    [GeneratedRegex(
        """"
            //[^\n]* | /\*.*?\*/ | """.*?""" | @"(?:[^"]|"")*" | "(?:\\.|[^"\\\n])*"
            """",
        RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex CommentOrText();
}
