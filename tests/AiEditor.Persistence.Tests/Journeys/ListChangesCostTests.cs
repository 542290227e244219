using System.Diagnostics;
using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Journeys;

/// <summary>A page of changes costs what is on it, not what the session holds.</summary>
public sealed class ListChangesCostTests
{
    const int Page = 500;

    readonly Actor user = Actor.New();

    [Test]
    public async Task A_page_of_a_long_session_costs_about_as_much_as_all_of_a_short_one()
    {
        var small = await FillAsync(1);
        var large = await FillAsync(20);
        var taken = new Dictionary<string, List<double>> { [small] = [], [large] = [] };

        // In turns, and the best of each: whatever else the machine does meanwhile only adds to what a page costs.
        for (var i = 0; i < 9; i++)
            foreach (var session in taken.Keys)
            {
                var start = Stopwatch.GetTimestamp();
                var changes = await user.Get($"{session}/changes?since=1&limit={Page}");
                taken[session].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                Assert.That(changes.Json.GetProperty("messages").GetArrayLength(), Is.EqualTo(Page));
            }

        var (one, twenty) = (taken[small].Min(), taken[large].Min());
        TestContext.Out.WriteLine($"{one:f1} ms of {Page} messages, {twenty:f1} ms of {20 * Page}");
        Assert.That(twenty, Is.LessThan(5 * one));
    }

    async Task<string> FillAsync(int pages)
    {
        var session = await user.SessionPath();
        await Filling.MessagesAsync(session, pages * Page, 1);
        return session;
    }
}
