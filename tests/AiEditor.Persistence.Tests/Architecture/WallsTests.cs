using System.Text.RegularExpressions;
using ArchUnitNET.Fluent;
using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using ArchUnitNET.NUnit;
using static ArchUnitNET.Fluent.ArchRuleDefinition;
using Building = ArchUnitNET.Domain.Architecture;

namespace AiEditor.Persistence.Tests.Architecture;

/// <summary>Arrows run one way: Program, Features, Infrastructure; Migrations stand alone; slices never mention each other.</summary>
public sealed partial class WallsTests
{
    const string Ours = "AiEditor.Persistence";
    const string Planted = "AiEditor.Persistence.Tests.Architecture.Planted";

    static readonly string[] Banned = ["Common", "Helpers", "Utils", "Extensions", "Shared", "Services", "Managers"];

    /// <summary>How many lines a room may have that say something.</summary>
    static readonly (string Room, int Most)[] Sizes =
    [
        (@"^Features/[^/]+/Endpoint\.cs$", 60),
        (@"^Features/[^/]+/Validator\.cs$", 30),
        (@"^Features/[^/]+/Sql(\.\w+)?\.cs$", 40),
        (@"^Program\.cs$", 45),
    ];

    static readonly Lazy<Building> House = new(() =>
        new ArchLoader().LoadAssemblies(Architecture.House.Service).Build()
    );
    static readonly Lazy<Building> PlantedHouse = new(() =>
        new ArchLoader()
            .LoadNamespacesWithinAssembly(
                typeof(WallsTests).Assembly,
                Planted + ".Features",
                Planted + ".Infrastructure"
            )
            .LoadNamespacesWithinAssembly(typeof(WallsTests).Assembly, Planted + ".Migrations")
            .Build()
    );

    static IArchRule SlicesIgnoreEachOther(string root) =>
        SliceRuleDefinition.Slices().Matching($"{root}.Features.(*)").Should().NotDependOnEachOther();

    static IArchRule NothingBelowMentionsASlice(string root) =>
        Types()
            .That()
            .ResideInNamespaceMatching($@"^{Regex.Escape(root)}\.(Infrastructure|Migrations)(\.|$)")
            .Should()
            .NotDependOnAny(Types().That().ResideInNamespaceMatching($@"^{Regex.Escape(root)}\.Features(\.|$)"));

    static IArchRule MigrationsStandAlone(string root) =>
        Types()
            .That()
            .ResideInNamespaceMatching($@"^{Regex.Escape(root)}\.Migrations$")
            .Should()
            .NotDependOnAny(
                Types().That().ResideInNamespaceMatching($@"^{Regex.Escape(root)}\.(Features|Infrastructure)(\.|$)")
            );

    [Test]
    public void Slices_do_not_use_each_other() => AssertStands(SlicesIgnoreEachOther);

    [Test]
    public void Nothing_below_uses_a_slice() => AssertStands(NothingBelowMentionsASlice);

    [Test]
    public void Migrations_use_nothing_else() => AssertStands(MigrationsStandAlone);

    /// <summary>A wall that would not see the planted trespass would prove nothing by standing.</summary>
    static void AssertStands(Func<string, IArchRule> wall)
    {
        Assert.That(wall(Planted).HasNoViolations(PlantedHouse.Value), Is.False);
        wall(Ours).Check(House.Value);
    }

    [Test]
    public void Slices_are_not_mentioned_in_the_source_of_others()
    {
        Assert.That(Mentions(Architecture.House.Sources, Architecture.House.Slices), Is.Empty);
    }

    /// <summary>A constant of another slice is copied by the compiler and leaves no trace in the assembly.</summary>
    [TestCase("Features/SaveTurn/Endpoint.cs", "var sql = SaveMessage.Sql.Insert;", true)]
    [TestCase("Features/SaveTurn/Endpoint.cs", "using M = AiEditor.Persistence.Features.SaveMessage.Request;", true)]
    [TestCase("Features/SaveTurn/Endpoint.cs", "using AiEditor.Persistence.Features.SaveMessage;", true)]
    [TestCase("Infrastructure/Http/Rules.cs", "nameof(Features.SaveMessage)", true)]
    [TestCase("Migrations/M0001.cs", "SaveMessage.Sql.Insert", true)]
    [TestCase("Features/SaveTurn/Endpoint.cs", "// Like SaveMessage.Sql.Insert", false)]
    [TestCase("Features/SaveTurn/Endpoint.cs", """ Prepare("SaveMessage.Endpoint") """, false)]
    [TestCase("Features/SaveMessage/Endpoint.cs", "namespace AiEditor.Persistence.Features.SaveMessage;", false)]
    [TestCase("Program.cs", "app.MapCarter();", false)]
    public void A_mention_in_the_source_is_seen_and_a_comment_is_none(string path, string text, bool isMention)
    {
        var mentions = Mentions([(path, text)], ["SaveMessage", "SaveTurn"]);

        Assert.That(mentions, isMention ? Is.Not.Empty : Is.Empty);
    }

    [Test]
    public void Rooms_have_names_that_say_what_is_in_them()
    {
        Assert.That(WithoutMeaning(Architecture.House.Sources.Select(s => s.Path)), Is.Empty);
    }

    [TestCase("Infrastructure/Common/Text.cs")]
    [TestCase("Features/Shared/Sql.cs")]
    [TestCase("Infrastructure/Http/Helpers/X.cs")]
    [TestCase("Infrastructure/Utils.cs")]
    public void A_room_for_odds_and_ends_is_seen(string path)
    {
        Assert.That(WithoutMeaning([path]), Is.Not.Empty);
    }

    [Test]
    public void Rooms_are_small()
    {
        Assert.That(TooLarge(Architecture.House.Sources), Is.Empty);
    }

    [TestCase("Features/SaveMessage/Endpoint.cs", 60, false)]
    [TestCase("Features/SaveMessage/Endpoint.cs", 61, true)]
    [TestCase("Features/SaveMessage/Validator.cs", 31, true)]
    [TestCase("Features/SaveMessage/Sql.cs", 41, true)]
    [TestCase("Features/SaveMessage/Sql.Rows.cs", 41, true)]
    [TestCase("Program.cs", 46, true)]
    [TestCase("Infrastructure/Journal/Sql.cs", 200, false)]
    public void A_large_room_is_seen(string path, int lines, bool isTooLarge)
    {
        var text =
            "using X;\n\nnamespace Y;\n{\n    // why\n" + string.Join('\n', Enumerable.Repeat("a();", lines)) + "\n}";

        var large = TooLarge([(path, text)]);

        Assert.That(large, isTooLarge ? Is.Not.Empty : Is.Empty);
    }

    /// <summary>Files that name a slice which is not their own.</summary>
    static IEnumerable<string> Mentions(IEnumerable<(string Path, string Text)> sources, IReadOnlyList<string> slices)
    {
        foreach (var (path, text) in sources)
        {
            var code = Architecture.House.CodeOf(text);
            foreach (var slice in slices.Where(s => !path.StartsWith($"Features/{s}/", StringComparison.Ordinal)))
                if (Regex.IsMatch(code, $@"\bFeatures\s*\.\s*{slice}\b|(?<![\w.]){slice}\s*\.\s*\w"))
                    yield return $"{path} mentions {slice}";
        }
    }

    static IEnumerable<string> WithoutMeaning(IEnumerable<string> paths) =>
        paths.Where(path => path.Split('/', '.').Intersect(Banned).Any());

    static IEnumerable<string> TooLarge(IEnumerable<(string Path, string Text)> sources) =>
        from source in sources
        from size in Sizes
        where Regex.IsMatch(source.Path, size.Room)
        let lines = source.Text.Split('\n').Count(line => !SaysNothing().IsMatch(line))
        where lines > size.Most
        select $"{source.Path} has {lines} lines, at most {size.Most} were agreed";

    /// <summary>Blank, a comment, a using, the namespace, or brackets on a line of their own.</summary>
    [GeneratedRegex(@"^\s*(//.*|using [^(]*;|namespace .*|[\[\]{}();,]*)\s*$")]
    private static partial Regex SaysNothing();
}
