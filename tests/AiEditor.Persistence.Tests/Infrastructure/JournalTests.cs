using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using AiEditor.Persistence.Tests.Support;
using Npgsql;

namespace AiEditor.Persistence.Tests.Infrastructure;

/// <summary>What the one way to write promises when things go wrong around it.</summary>
public sealed class JournalTests
{
    [Test]
    public async Task A_save_and_a_reload_cost_one_round_trip_each_and_what_has_changed_two()
    {
        await using var proxy = new TcpProxy(Port(TestCluster.Url));
        await using var service = await Service.StartAsync(("DATABASE_URL", Through(proxy, TestCluster.Url)));
        var user = Actor.New(service);
        var session = await user.SessionPath();
        var component = $"{session}/components/{(await user.Component(session)).GetProperty("id").GetInt64()}";
        // Connections open, statements get prepared, the owner becomes known, and ids are in stock.
        for (var i = 0; i < 12; i++)
        {
            await user.Message(session);
            await user.Patch(component, new { name = $"{i}" });
            await user.Get(session);
        }

        var save = await CountAsync(() => user.Message(session));
        // It is remembered as it was before, so its state is asked for first.
        var load = await CountAsync(() => user.Get(session));
        var reload = await CountAsync(() => user.Get(session));
        var otherLoad = await CountAsync(() => user.Get($"{session}?limit=10"));
        var change = await CountAsync(() => user.Patch(component, new { name = "Changed" }));

        Assert.That((save, load, reload, otherLoad, change), Is.EqualTo((1, 2, 1, 1, 2)));

        async Task<long> CountAsync(Func<Task> ask)
        {
            var before = proxy.RoundTrips;
            await ask();
            return proxy.RoundTrips - before;
        }
    }

    [Test]
    public async Task A_commit_whose_answer_is_lost_is_answered_by_looking_the_key_up()
    {
        await using var proxy = new TcpProxy(Port(TestCluster.Url));
        await using var service = await Service.StartAsync(("DATABASE_URL", Through(proxy, TestCluster.Url)));
        var user = Actor.New(service);
        var session = await user.SessionPath();
        var lost = 0;

        proxy.LoseAnswerTo = sent => sent.Span.IndexOf("LostAnswer"u8) >= 0 && Interlocked.Increment(ref lost) == 1;
        var answer = await user.Post($"{session}/messages", new { role = "user", content = "LostAnswer" });

        Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
        Assert.That(lost, Is.GreaterThanOrEqualTo(1));
        var messages = (await user.Get(session)).Json.GetProperty("messages");
        Assert.That(messages.GetArrayLength(), Is.EqualTo(1));
        Assert.That(messages[0].GetProperty("id").GetInt64(), Is.EqualTo(answer.Json.GetProperty("id").GetInt64()));
    }

    [Test]
    [NonParallelizable]
    public async Task What_one_operation_breaks_harms_no_other_in_the_same_commit()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(("DATABASE_URL", url));
        await using var behind = await TestCluster.OpenAsync(url);
        await using (
            var rule = new NpgsqlCommand(
                "alter table chat_messages add constraint chat_messages_content_sane check (content <> 'poison')",
                behind
            )
        )
            await rule.ExecuteNonQueryAsync();
        var user = Actor.New(service);
        var session = await user.SessionPath();

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 60)
                .Select(i =>
                    user.Post($"{session}/messages", new { role = "user", content = i % 20 == 7 ? "poison" : $"{i}" })
                )
        );

        Assert.That(answers.Select(a => a.Status).Distinct().Order(), Is.EqualTo(new[] { 201, 422 }));
        Assert.That(answers.Count(a => a.Status == 201), Is.EqualTo(57));
        Assert.That(
            answers.Where(a => a.Status != 201).Select(a => (a.Status, a.Code)),
            Is.All.EqualTo((422, "validation_failed"))
        );
        Assert.That(
            answers.Where(a => a.Status == 201).Select(a => a.Revision),
            Is.EquivalentTo(Enumerable.Range(2, 57))
        );
        Assert.That(service.Output, Does.Not.Contain("poison"));
    }

    [Test]
    public async Task A_session_locked_from_outside_answers_503_soon_and_holds_no_other_up()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(("DATABASE_URL", url));
        var user = Actor.New(service);
        var locked = await user.SessionPath();
        var others = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => user.SessionPath()));
        // Connections open, and what is run the first time is compiled: that is not what is measured.
        await Task.WhenAll(others.Select(o => user.Message(o)));
        await using var outside = await TestCluster.OpenAsync(url);
        await using var transaction = await outside.BeginTransactionAsync();
        await using (
            var hold = new NpgsqlCommand(
                $"select 1 from sessions where id = {locked.Split('/')[^1]} for update",
                outside,
                transaction
            )
        )
            await hold.ExecuteScalarAsync();

        var start = Stopwatch.GetTimestamp();
        var refused = user.Post($"{locked}/messages", new { role = "user", content = "x" });
        var fine = await Task.WhenAll(
            others.Select(o => user.Post($"{o}/messages", new { role = "user", content = "x" }))
        );
        var answer = await refused;
        var elapsed = Stopwatch.GetElapsedTime(start);
        await transaction.RollbackAsync();

        Assert.That((answer.Status, answer.Code), Is.EqualTo((503, "unavailable")), answer.Text);
        Assert.That(answer.Headers, Does.ContainKey("Retry-After"));
        Assert.That(fine.Select(a => a.Status), Is.All.EqualTo(201));
        Assert.That(elapsed, Is.LessThan(TimeSpan.FromSeconds(5)));
        Assert.That(
            (await user.Post($"{locked}/messages", new { role = "user", content = "x" })).Revision,
            Is.EqualTo(2)
        );
    }

    [Test]
    [NonParallelizable]
    public async Task A_full_queue_refuses_at_once_and_a_locked_table_within_five_seconds()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(("DATABASE_URL", url));
        var user = Actor.New(service);
        var session = await user.SessionPath();
        var large = JsonSerializer.SerializeToUtf8Bytes(new { role = "user", content = new string('x', 1024 * 1024) });
        // Made beforehand, on connections that are open: what is measured is the service.
        await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => user.Message(session)));
        await using var outside = await TestCluster.OpenAsync(url);
        await using var transaction = await outside.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("lock table sessions in access exclusive mode", outside, transaction))
            await hold.ExecuteNonQueryAsync();

        // The first holds the writer; of the sixty behind it, 32 MiB may wait.
        var first = user.Post($"{session}/messages", new { role = "user", content = "x" });
        var crowd = await Task.WhenAll(
            Enumerable.Range(0, 60).Select(_ => TimedAsync(user, $"{session}/messages", large))
        );
        await transaction.RollbackAsync();
        await first;

        Assert.That(
            crowd.Select(c => (c.Answer.Status, c.Answer.Headers.ContainsKey("Retry-After"))),
            Is.All.EqualTo((503, true))
        );
        Assert.That(crowd.Max(c => c.Time), Is.LessThan(TimeSpan.FromSeconds(5)));
        Assert.That(
            crowd.Count(c => c.Answer.Text.Contains("nothing was done", StringComparison.Ordinal)),
            Is.GreaterThanOrEqualTo(20)
        );
        Assert.That((await TimedAsync(user, $"{session}/messages", large)).Answer.Status, Is.EqualTo(201));
    }

    [Test]
    [NonParallelizable]
    public async Task Many_sessions_behind_a_locked_table_are_all_answered_within_five_seconds()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(("DATABASE_URL", url));
        var user = Actor.New(service);
        var sessions = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => user.SessionPath()));
        await Task.WhenAll(sessions.Select(s => user.Message(s)));
        await using var outside = await TestCluster.OpenAsync(url);
        await using var transaction = await outside.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("lock table sessions in access exclusive mode", outside, transaction))
            await hold.ExecuteNonQueryAsync();

        var answers = await Task.WhenAll(
            sessions.Select(s => TimedAsync(user, $"{s}/messages", """{"role": "user", "content": "x"}"""u8.ToArray()))
        );
        await transaction.RollbackAsync();

        Assert.That(answers.Select(a => a.Answer.Status), Is.All.EqualTo(503));
        Assert.That(answers.Max(a => a.Time), Is.LessThan(TimeSpan.FromSeconds(5)));
    }

    [Test]
    public async Task A_failure_that_nobody_foresaw_stops_no_writer()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(("DATABASE_URL", url));
        await using var behind = await TestCluster.OpenAsync(url);
        var user = Actor.New(service);
        var session = await user.SessionPath();
        await user.Message(session);

        await FailOnAsync("x", behind);
        var refused = await user.Post($"{session}/messages", new { role = "user", content = "x" });
        var next = await user.Post($"{session}/messages", new { role = "user", content = "y" });

        Assert.That((refused.Status, refused.Code), Is.EqualTo((500, "internal_error")), refused.Text);
        Assert.That((next.Status, next.Revision), Is.EqualTo((201, 3L)), next.Text);
    }

    [Test]
    public async Task A_batch_with_an_operation_that_failed_as_nobody_foresaw_is_to_be_sent_again()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(("DATABASE_URL", url));
        await using var behind = await TestCluster.OpenAsync(url);
        var user = Actor.New(service);
        var session = await user.SessionPath();
        for (var i = 0; i < 10; i++)
            await user.Message(session);
        var batch = new
        {
            operations = Enumerable
                .Range(0, 3)
                .Select(i => new
                {
                    key = Guid.NewGuid(),
                    type = "save_message",
                    session_id = long.Parse(session.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture),
                    role = "user",
                    content = $"{i}",
                })
                .ToArray(),
        };

        await FailOnAsync("0", behind);
        var refused = await user.Post("/v1/batch", batch);
        await using (var mend = new NpgsqlCommand("drop trigger unforeseen on chat_messages", behind))
            await mend.ExecuteNonQueryAsync();
        var again = await user.Post("/v1/batch", batch);

        Assert.That((refused.Status, refused.Code), Is.EqualTo((503, "unavailable")), refused.Text);
        Assert.That(
            again.Json.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("verdict").GetString()),
            Is.All.AnyOf("applied", "replayed"),
            again.Text
        );
        Assert.That(
            (await user.Get(session))
                .Json.GetProperty("messages")
                .EnumerateArray()
                .Skip(10)
                .Select(m => m.GetProperty("content").GetString()),
            Is.EqualTo(new[] { "0", "1", "2" })
        );
    }

    /// <summary>Lets a message of that content fail in a way that no rule has a field for.</summary>
    static async Task FailOnAsync(string content, NpgsqlConnection behind)
    {
        await using var fail = new NpgsqlCommand(
            $$"""
            create function fail() returns trigger language plpgsql as $$ begin
                if new.content = '{{content}}' then raise exception 'unforeseen' using errcode = 'XX000'; end if;
                return new;
            end $$;
            create trigger unforeseen before insert on chat_messages for each row execute function fail();
            """,
            behind
        );
        await fail.ExecuteNonQueryAsync();
    }

    static async Task<(Answer Answer, TimeSpan Time)> TimedAsync(Actor user, string path, byte[] json)
    {
        using var body = new Body(json);
        var answer = await user.Post(path, body);
        return (answer, Stopwatch.GetElapsedTime(body.SentAt));
    }

    /// <summary>Knows when it has left. Until then time is the test's, whose requests wait for each other; from then on the service's.</summary>
    sealed class Body : HttpContent
    {
        readonly byte[] json;

        public Body(byte[] json)
        {
            this.json = json;
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        public long SentAt { get; private set; } = Stopwatch.GetTimestamp();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(json);
            await stream.FlushAsync();
            SentAt = Stopwatch.GetTimestamp();
        }

        protected override bool TryComputeLength(out long length)
        {
            length = json.Length;
            return true;
        }
    }

    [Test]
    public async Task With_the_database_away_at_start_the_process_lives_unready_and_migrates_when_it_comes()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        var proxy = new TcpProxy(Port(url));
        var port = proxy.Port;
        await proxy.DisposeAsync();
        await using var service = await Service.LaunchAsync(
            ("DATABASE_URL", new NpgsqlConnectionStringBuilder(url) { Port = port }.ConnectionString)
        );
        var user = Actor.New(service);

        Assert.That((await user.Get("/health/live")).Status, Is.EqualTo(200));
        Assert.That((await user.Get("/health/ready")).Status, Is.EqualTo(503));
        var refused = await user.Post("/v1/sessions", new { title = "x" });
        Assert.That((refused.Status, refused.Code), Is.EqualTo((503, "unavailable")), refused.Text);

        await using var back = new TcpProxy(Port(url), port);
        await service.UntilReadyAsync();

        Assert.That((await user.Post("/v1/sessions", new { title = "x" })).Status, Is.EqualTo(201));
    }

    [Test]
    public async Task A_cut_of_all_connections_is_not_noticed_by_those_who_save_after_it()
    {
        await using var proxy = new TcpProxy(Port(TestCluster.Url));
        await using var service = await Service.StartAsync(("DATABASE_URL", Through(proxy, TestCluster.Url)));
        var user = Actor.New(service);
        var session = await user.SessionPath();
        await user.Message(session);

        proxy.CutAll();
        var answer = await user.Post($"{session}/messages", new { role = "user", content = "after" });

        Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
    }

    static int Port(string url) => new NpgsqlConnectionStringBuilder(url).Port;

    static string Through(TcpProxy proxy, string url) =>
        new NpgsqlConnectionStringBuilder(url) { Port = proxy.Port }.ConnectionString;
}
