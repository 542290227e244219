using AiEditor.Persistence.Tests.Support;
using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Tests.Infrastructure;

/// <summary>A few bytes of request can aim at very many bytes of rows: only so many are loaded at once.</summary>
public sealed class LoadBoundsTests
{
    const int MiB = 1024 * 1024;

    TcpProxy proxy = null!;
    Service service = null!;
    Actor user = null!;
    string session = null!;
    long id;

    [SetUp]
    public async Task BeginAsync()
    {
        proxy = new TcpProxy(new NpgsqlConnectionStringBuilder(TestCluster.Url).Port);
        service = await Service.StartAsync(
            ("DATABASE_URL", new NpgsqlConnectionStringBuilder(TestCluster.Url) { Port = proxy.Port }.ConnectionString)
        );
        user = Actor.New(service);
        session = await user.SessionPath();
        id = long.Parse(session.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
        // Connections and statements are made ready.
        for (var i = 0; i < 12; i++)
            await user.Message(session);
    }

    [TearDown]
    public async Task EndAsync()
    {
        await service.DisposeAsync();
        await proxy.DisposeAsync();
    }

    [Test]
    public async Task Messages_that_are_aimed_at_are_loaded_in_parts()
    {
        var keys = await ApplyAsync(
            130,
            (key, i) =>
                new
                {
                    key,
                    type = "save_message",
                    session_id = id,
                    role = "user",
                    content = "x",
                }
        );

        var parts = await RoundTripsAsync(i => new
        {
            type = "delete_message",
            session_id = id,
            item_client_id = keys[i],
        });

        Assert.That(parts, Is.EqualTo(3));
    }

    [Test]
    public async Task Interactions_that_are_aimed_at_are_loaded_in_parts()
    {
        var keys = await ApplyAsync(
            130,
            (key, i) =>
                new
                {
                    key,
                    type = "save_interaction",
                    session_id = id,
                    prompt = "x",
                    response = "x",
                    interaction_type = "edit",
                }
        );

        var parts = await RoundTripsAsync(i => new
        {
            type = "delete_interaction",
            session_id = id,
            item_client_id = keys[i],
        });

        Assert.That(parts, Is.EqualTo(3));
    }

    [Test]
    public async Task Versions_that_a_change_was_made_for_are_loaded_in_parts()
    {
        var component = (await user.Component(session)).GetProperty("client_id").GetString();
        await ApplyAsync(
            130,
            (key, i) =>
                new
                {
                    key,
                    type = "update_component",
                    session_id = id,
                    item_client_id = component,
                    jsx_code = $"{i}",
                }
        );

        var parts = await RoundTripsAsync(i => new
        {
            type = "update_component",
            session_id = id,
            item_client_id = component,
            base_version = i + 1,
            name = "x",
        });

        Assert.That(parts, Is.EqualTo(3));
    }

    [Test]
    public async Task Of_what_a_replayed_batch_made_no_more_is_loaded_than_its_answer_may_carry()
    {
        var keys = Enumerable.Range(0, 40).Select(_ => Guid.NewGuid()).ToArray();
        var batch = Batch(
            40,
            i => new
            {
                key = keys[i],
                type = "save_component",
                session_id = id,
                name = $"{i}",
                jsx_code = "x",
            }
        );
        var made = await user.Post("/v1/batch", batch);
        await GrowAsync();

        var before = proxy.Answered;
        var again = await user.Post("/v1/batch", batch);
        var loaded = proxy.Answered - before;

        Assert.That(Verdicts(made), Is.All.EqualTo("applied"), made.Text);
        Assert.That(Verdicts(again), Is.All.EqualTo("replayed"));
        Assert.That(loaded, Is.InRange(16 * MiB, 20 * MiB));
        var carried = again
            .Json.GetProperty("results")
            .EnumerateArray()
            .Select(r =>
                r.TryGetProperty("resource", out var resource) && resource.GetProperty("name").GetString() != ""
            );
        Assert.That(carried.Take(7), Is.All.True);
        Assert.That(carried.Skip(9), Is.All.False);
    }

    [TestCase(1, 1)]
    [TestCase(8, 8)]
    [TestCase(20, 9)]
    public async Task A_replayed_turn_answers_with_what_it_made_as_far_as_an_answer_goes(int made, int told)
    {
        var key = ("Idempotency-Key", $"{Guid.NewGuid()}");
        var turn = new { components = Enumerable.Range(0, made).Select(i => new { name = $"{i}", jsx_code = "x" }) };
        var first = await user.Post($"{session}/turns", turn, key);
        await GrowAsync();

        var again = await user.Post($"{session}/turns", turn, key);

        Assert.That(first.Json.GetProperty("components").GetArrayLength(), Is.EqualTo(made), first.Text);
        Assert.That((again.Status, again.Replayed), Is.EqualTo((201, true)));
        Assert.That(
            again
                .Json.GetProperty("components")
                .EnumerateArray()
                .Select(c => c.GetProperty("css_code").GetString()!.Length),
            Is.EqualTo(Enumerable.Repeat(MiB, told))
        );
    }

    /// <summary>Every component becomes as large as one may be.</summary>
    async Task GrowAsync()
    {
        await using var behind = await TestCluster.OpenAsync(TestCluster.Url);
        await behind.ExecuteAsync(
            "update components set jsx_code = repeat('x', 1048576), css_code = repeat('y', 1048576) where session_id = @id",
            new { id }
        );
    }

    /// <summary>Applies so many operations, each under a key, and returns the keys.</summary>
    async Task<Guid[]> ApplyAsync(int count, Func<Guid, int, object> operation)
    {
        var keys = Enumerable.Range(0, count).Select(_ => Guid.NewGuid()).ToArray();
        var batch = await user.Post("/v1/batch", Batch(count, i => operation(keys[i], i)));
        Assert.That(Verdicts(batch), Is.All.EqualTo("applied"), batch.Text);
        return keys;
    }

    /// <summary>In how many parts 130 operations come to pass: each names what it aims at, which costs it one more look.</summary>
    async Task<long> RoundTripsAsync(Func<int, object> operation)
    {
        var before = proxy.RoundTrips;
        var batch = await user.Post("/v1/batch", Batch(130, operation));
        Assert.That(Verdicts(batch), Is.All.AnyOf("applied", "conflict"), batch.Text);
        return (proxy.RoundTrips - before) / 3;
    }

    static object Batch(int count, Func<int, object> operation) =>
        new { operations = Enumerable.Range(0, count).Select(operation) };

    static IEnumerable<string?> Verdicts(Answer batch)
    {
        Assert.That(batch.Status, Is.EqualTo(200), batch.Text);
        return batch.Json.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("verdict").GetString());
    }
}
