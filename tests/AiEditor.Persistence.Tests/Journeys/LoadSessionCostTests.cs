using System.Text.Json;
using AiEditor.Persistence.Features.LoadSession;
using AiEditor.Persistence.Tests.Support;
using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Tests.Journeys;

/// <summary>Opening a session costs what is shown of it, not what it holds. One round trip: see JournalTests.</summary>
public sealed class LoadSessionCostTests
{
    const string Fill = """
        insert into sessions (id, client_id, user_id, title, is_active, revision, created_at, updated_at)
        overriding system value
        select s, gen_random_uuid(), 1, 'Session', true, 1, now(), now() from generate_series(1, 2) s;

        insert into chat_messages
            (session_id, client_id, revision, role, content, message_type, metadata, attachments, created_at)
        select s, gen_random_uuid(), 1, 'user', repeat('said ', 20), 'text', '{}', '[]', now()
        from (values (1, 300), (2, 20000)) as of (s, n), lateral generate_series(1, n);

        insert into interactions
            (session_id, client_id, revision, prompt, response, interaction_type, metadata, created_at)
        select s, gen_random_uuid(), 1, 'Bluer', repeat('done ', 20), 'edit', '{}', now()
        from (values (1, 300), (2, 20000)) as of (s, n), lateral generate_series(1, n);

        analyze
        """;

    [Test]
    public async Task Twenty_thousand_messages_cost_as_much_as_three_hundred_and_only_indexes_lead_to_them()
    {
        await using var database = await FilledDatabase.EmptyAsync();
        await database.ExecuteAsync(Fill);

        var small = await CostAsync(database, 1);
        var large = await CostAsync(database, 2);

        TestContext.Out.WriteLine($"pages read: {small.Pages} of 300 messages, {large.Pages} of 20000");
        Assert.That(large.Pages, Is.LessThanOrEqualTo(small.Pages * 1.3));
        Assert.That(large.Rows, Is.EqualTo(small.Rows));
        Assert.That(large.Scans, Is.Not.Empty.And.All.AnyOf("Index Scan", "Index Only Scan"));
    }

    /// <summary>What the statements of a load read, after a first run has brought everything into memory.</summary>
    static async Task<(long Pages, long Rows, IReadOnlyList<string> Scans)> CostAsync(
        NpgsqlConnection database,
        long sessionId
    )
    {
        var (pages, rows, scans) = (0L, 0L, new List<string>());
        foreach (
            var statement in Sql
                .Load.Split(';')
                .Select(s => s.Trim())
                .Where(s => s.StartsWith("select", StringComparison.Ordinal))
        )
        {
            var asked = new
            {
                SessionId = sessionId,
                UserId = 1L,
                Limit = 200,
            };
            await database.ExecuteAsync(statement, asked);
            var plan = await database.QuerySingleAsync<string>(
                $"explain (analyze, buffers, format json) {statement}",
                asked
            );
            var root = JsonDocument.Parse(plan).RootElement[0].GetProperty("Plan");
            pages +=
                root.GetProperty("Shared Hit Blocks").GetInt64() + root.GetProperty("Shared Read Blocks").GetInt64();
            rows += root.GetProperty("Actual Rows").GetInt64();
            // Of two sessions and no component the planner rightly reads the one page there is.
            scans.AddRange(Scans(root).Where(s => s.Table is "chat_messages" or "interactions").Select(s => s.Node));
        }
        return (pages, rows, scans);
    }

    static IEnumerable<(string Node, string Table)> Scans(JsonElement plan)
    {
        var below = plan.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray().SelectMany(Scans) : [];
        return plan.TryGetProperty("Relation Name", out var table)
            ? below.Prepend((plan.GetProperty("Node Type").GetString()!, table.GetString()!))
            : below;
    }
}
