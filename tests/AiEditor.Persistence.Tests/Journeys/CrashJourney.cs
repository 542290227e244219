using System.Collections.Concurrent;
using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Journeys;

/// <summary>The service dies while clients save; they retry under their keys as their contract tells them to.</summary>
public sealed class CrashJourney
{
    const int Kills = 5;
    const int Clients = 16;

    [Test]
    public async Task Whatever_was_acknowledged_is_there_once_and_the_revisions_have_no_gap_across_kills()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        var service = await Service.StartAsync(("DATABASE_URL", url));
        var user = Actor.New(service);
        var session = await user.SessionPath();
        var acknowledged = new ConcurrentDictionary<string, long>();
        var unanswered = new ConcurrentBag<string>();

        for (var kill = 0; kill < Kills; kill++)
        {
            var here = user.At(service);
            var saving = Enumerable
                .Range(0, Clients)
                .Select(_ => SaveUntilDeadAsync(here, session, acknowledged, unanswered))
                .ToArray();
            var enough = acknowledged.Count + 40;
            SpinWait.SpinUntil(() => acknowledged.Count >= enough, TimeSpan.FromSeconds(20));
            await service.KillAsync();
            await Task.WhenAll(saving);
            await service.DisposeAsync();
            service = await Service.StartAsync(("DATABASE_URL", url));
        }
        await using var last = service;
        user = user.At(last);
        foreach (var key in unanswered)
            acknowledged[key] = (
                await user.Post($"{session}/messages", new { role = "user", content = key }, ("Idempotency-Key", key))
            ).Revision;

        var kept = (await user.Get($"{session}?limit=1000"))
            .Json.GetProperty("messages")
            .EnumerateArray()
            .ToDictionary(m => m.GetProperty("content").GetString()!, m => m.GetProperty("revision").GetInt64());
        Assert.That(unanswered, Is.Not.Empty);
        Assert.That(kept, Is.EquivalentTo(acknowledged));
        Assert.That(kept.Values.Order(), Is.EqualTo(Enumerable.Range(2, kept.Count)));
    }

    static async Task SaveUntilDeadAsync(
        Actor user,
        string session,
        ConcurrentDictionary<string, long> acknowledged,
        ConcurrentBag<string> unanswered
    )
    {
        while (true)
        {
            var key = Guid.NewGuid().ToString();
            try
            {
                var answer = await user.Post(
                    $"{session}/messages",
                    new { role = "user", content = key },
                    ("Idempotency-Key", key)
                );
                if (answer.Status == 201)
                    acknowledged[key] = answer.Revision;
                else
                    unanswered.Add(key);
            }
            catch (HttpRequestException)
            {
                // No answer: it may or may not have happened.
                unanswered.Add(key);
                return;
            }
        }
    }
}
