using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Architecture;

/// <summary>What the service answers, what its description says, and what the ownership test tries are the same.</summary>
public sealed class RoutesTests
{
    /// <summary>Slices whose routes are named otherwise than the slice.</summary>
    static readonly Dictionary<string, string[]> Named = new()
    {
        ["Health"] = ["HealthLive", "HealthReady"],
        ["DevToken"] = [],
    };

    /// <summary>Routes that no client is generated for.</summary>
    static readonly string[] Undescribed = ["/dev/token", "/openapi/v1.json", "/docs"];

    [Test]
    public async Task Slices_routes_operations_and_rows_of_the_ownership_test_are_the_same()
    {
        var routes = await Route.AllAsync();
        var operations = await Described.AllAsync();

        Assert.That(Differences(House.Slices, routes, operations.Select(o => o.Id), Example.All.Keys), Is.Empty);
    }

    [Test]
    public async Task Every_route_below_v1_needs_a_token_and_every_one_below_a_session_its_owner()
    {
        var routes = await Route.AllAsync();

        Assert.That(Unguarded(routes), Is.Empty);
        Assert.That(routes.Where(r => r.IsOwned), Is.Not.Empty);
    }

    [Test]
    public async Task No_route_asks_for_more_than_a_token_which_a_known_one_would_not_be_asked_for()
    {
        var routes = await Route.AllAsync();

        Assert.That(routes.Where(r => r.AsksMore).Select(r => r.Pattern), Is.Empty);
    }

    [TestCase("A,B", "A", "A,B", "A,B", "no route is named B; operation B has no route")]
    [TestCase("A", "A,B", "A", "A", "route B is no operation; route B is no slice")]
    [TestCase("A", "A", "A,B", "A", "operation B has no route; operation B was tried by no stranger")]
    [TestCase("A,B", "A,B", "A,B", "A", "operation B was tried by no stranger")]
    [TestCase("A", "A", "A", "A,B", "row B has no operation")]
    [TestCase("A", "A,", "A", "A", "nobody knows /x")]
    [TestCase("Health,DevToken", "HealthLive,HealthReady", "HealthLive,HealthReady", "HealthLive,HealthReady", "")]
    public void A_difference_is_seen(string slices, string routes, string operations, string rows, string expected)
    {
        var real = routes.Split(',').Select(name => new Route("/x", name.Length == 0 ? null : name, true, true));

        var differences = Differences(slices.Split(','), [.. real], operations.Split(','), rows.Split(','));

        Assert.That(string.Join("; ", differences), Is.EqualTo(expected));
    }

    [TestCase("/v1/sessions", false, false, 1)]
    [TestCase("/v1/sessions", true, false, 0)]
    [TestCase("/v1/sessions/{sessionId:id}", true, false, 1)]
    [TestCase("/v1/sessions/{id}/messages", true, false, 1)]
    [TestCase("/v1/sessions/{sessionId:id}/messages", false, true, 1)]
    [TestCase("/v1/sessions/{sessionId:id}/messages", true, true, 0)]
    [TestCase("/v1/sessions/import", true, false, 0)]
    [TestCase("/health/live", false, false, 0)]
    public void A_door_without_a_guard_is_seen(string pattern, bool needsToken, bool isOwned, int complaints)
    {
        Assert.That(Unguarded([new Route(pattern, "X", needsToken, isOwned)]).Count(), Is.EqualTo(complaints));
    }

    static IEnumerable<string> Differences(
        IReadOnlyCollection<string> slices,
        IReadOnlyCollection<Route> routes,
        IEnumerable<string> operations,
        IEnumerable<string> rows
    )
    {
        var described = operations.ToHashSet();
        var tried = rows.ToHashSet();
        var named = routes.Where(r => r.Name is not null).Select(r => r.Name!).ToHashSet();
        var expected = slices.SelectMany(s => Named.GetValueOrDefault(s, [s])).ToHashSet();
        return expected
            .Except(named)
            .Select(name => $"no route is named {name}")
            .Concat(named.Except(described).Select(name => $"route {name} is no operation"))
            .Concat(named.Except(expected).Select(name => $"route {name} is no slice"))
            .Concat(described.Except(named).Select(name => $"operation {name} has no route"))
            .Concat(described.Except(tried).Select(name => $"operation {name} was tried by no stranger"))
            .Concat(tried.Except(described).Select(name => $"row {name} has no operation"))
            .Concat(
                routes
                    .Where(r =>
                        r.Name is null && !Undescribed.Any(u => r.Pattern.StartsWith(u, StringComparison.Ordinal))
                    )
                    .Select(r => $"nobody knows {r.Pattern}")
            );
    }

    static IEnumerable<string> Unguarded(IEnumerable<Route> routes) =>
        routes
            .Where(r => r.Pattern.StartsWith("/v1", StringComparison.Ordinal))
            .Where(r =>
                !r.NeedsToken || (r.Pattern.StartsWith("/v1/sessions/{", StringComparison.Ordinal) && !r.IsOwned)
            )
            .Select(r => r.Pattern);
}
