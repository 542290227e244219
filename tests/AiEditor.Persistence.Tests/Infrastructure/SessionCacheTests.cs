using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Postgres;
using AiEditor.Persistence.Tests.Support;
using Dapper;

namespace AiEditor.Persistence.Tests.Infrastructure;

/// <summary>A writer remembers the sessions it wrote to; here it remembers wrongly each time, for somebody else was there.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class SessionCacheTests
{
    Service here = null!;
    Service there = null!;
    string url = null!;

    [OneTimeSetUp]
    public async Task StartTwo()
    {
        url = await TestCluster.CreateDatabaseAsync();
        here = await Service.StartAsync(("DATABASE_URL", url));
        there = await Service.StartAsync(("DATABASE_URL", url));
    }

    [OneTimeTearDown]
    public async Task EndTwo()
    {
        await there.DisposeAsync();
        await here.DisposeAsync();
    }

    [Test]
    public async Task Two_instances_that_write_in_turn_leave_no_gap_and_keep_the_order()
    {
        var (user, session) = await RememberedAsync();
        var elsewhere = user.At(there);

        for (var i = 0; i < 30; i++)
            await (i % 5 < 3 ? user : elsewhere).Message(session, $"{i}");

        await AssertHistoryAsync(user, session, Enumerable.Range(0, 30).Select(i => $"{i}"));
    }

    [Test]
    public async Task Two_instances_that_write_at_once_leave_no_gap_and_keep_the_order()
    {
        var (user, session) = await RememberedAsync();

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(i =>
                    user.At(i % 2 == 0 ? here : there)
                        .Post($"{session}/messages", new { role = "user", content = $"{i}" })
                )
        );

        Assert.That(answers.Select(a => a.Status), Is.All.EqualTo(201));
        await AssertHistoryAsync(
            user,
            session,
            answers.OrderBy(a => a.Revision).Select(a => a.Json.GetProperty("content").GetString()!)
        );
    }

    /// <summary>A batch may meet another writer of the same instance than a save of its own does.</summary>
    [Test]
    public async Task Batches_and_single_saves_at_once_leave_no_gap_and_keep_the_order()
    {
        var user = Actor.New(here);
        // Several, so that some are written to by both writers.
        var sessions = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RememberedAsync(user)));

        await Task.WhenAll(sessions.Select(s => WriteBothWaysAsync(s.Session)));

        async Task WriteBothWaysAsync(string session)
        {
            var singles = Enumerable
                .Range(0, 30)
                .Select(i => user.Post($"{session}/messages", new { role = "user", content = $"{i}" }));
            var batches = Enumerable
                .Range(0, 10)
                .Select(i =>
                    user.Post(
                        "/v1/batch",
                        new
                        {
                            operations = Enumerable
                                .Range(0, 3)
                                .Select(j => new
                                {
                                    type = "save_message",
                                    key = Guid.NewGuid(),
                                    session_id = Id(session),
                                    role = "user",
                                    content = $"{i}.{j}",
                                }),
                        }
                    )
                );

            var answers = await Task.WhenAll(singles.Concat(batches));

            var saved = answers.SelectMany(a =>
                a.Json.TryGetProperty("results", out var results)
                    ? results.EnumerateArray().Select(r => r.GetProperty("resource"))
                    : [a.Json]
            );
            await AssertHistoryAsync(
                user,
                session,
                saved
                    .OrderBy(m => m.GetProperty("revision").GetInt64())
                    .Select(m => m.GetProperty("content").GetString()!)
            );
        }
    }

    [Test]
    public async Task A_key_that_a_turn_bore_is_refused()
    {
        var (user, session) = await RememberedAsync();
        var key = Guid.NewGuid();
        var turn = await user.At(there)
            .Post($"{session}/turns", new { message = new { content = "Hi", key = Guid.NewGuid() } }, Key(key));
        var revision = (await user.Post($"{session}/messages", new { role = "user", content = "between" })).Revision;

        Assert.That(turn.Status, Is.EqualTo(201), turn.Text);
        var reused = await user.Post($"{session}/messages", new { role = "user", content = "again" }, Key(key));

        Assert.That((reused.Status, reused.Code), Is.EqualTo((422, "idempotency_key_reused")), reused.Text);
        Assert.That(await RevisionAsync(session), Is.EqualTo(revision));
    }

    [Test]
    public async Task What_is_sent_again_is_replayed_and_what_else_comes_under_its_key_refused()
    {
        var (user, session) = await RememberedAsync();
        var key = Guid.NewGuid();
        var first = await user.Post($"{session}/messages", new { role = "user", content = "once" }, Key(key));

        var again = await user.Post($"{session}/messages", new { role = "user", content = "once" }, Key(key));
        var other = await user.Post($"{session}/messages", new { role = "user", content = "twice" }, Key(key));

        Assert.That((first.Status, first.Replayed, again.Status, again.Replayed), Is.EqualTo((201, false, 201, true)));
        Assert.That((again.Revision, again.Text), Is.EqualTo((first.Revision, first.Text)));
        Assert.That((other.Status, other.Code), Is.EqualTo((422, "idempotency_key_reused")), other.Text);
        Assert.That(await RevisionAsync(session), Is.EqualTo(first.Revision));
    }

    [Test]
    public async Task A_session_that_was_thrown_away_elsewhere_is_not_found()
    {
        var (user, session) = await RememberedAsync();
        var (_, erased) = await RememberedAsync(user);
        await user.At(there).Delete(session);
        await user.At(there).Delete($"{erased}?permanent=true");

        var trashed = await user.Post($"{session}/messages", new { role = "user", content = "late" });
        var gone = await user.Post($"{erased}/messages", new { role = "user", content = "late" });

        Assert.That((trashed.Status, trashed.Code, gone.Status), Is.EqualTo((404, "not_found", 404)), trashed.Text);
    }

    [Test]
    public async Task A_component_that_was_chosen_elsewhere_makes_way()
    {
        var (user, session) = await RememberedAsync();
        await user.Component(session);
        var chosen = (await user.Component(session)).GetProperty("id").GetInt64();
        var other = (await user.At(there).Component(session)).GetProperty("id").GetInt64();
        await user.At(there).Put($"{session}/components/{chosen}/current");

        var made = (await user.Component(session)).GetProperty("id").GetInt64();

        var components = (await user.Get(session)).Json.GetProperty("components").EnumerateArray().ToArray();
        Assert.That(
            components.Where(IsCurrent).Select(c => c.GetProperty("id").GetInt64()),
            Is.EqualTo(new[] { made })
        );
        Assert.That(components.Select(c => c.GetProperty("id").GetInt64()), Does.Contain(chosen).And.Contain(other));

        static bool IsCurrent(System.Text.Json.JsonElement component) =>
            component.GetProperty("is_current").GetBoolean();
    }

    [Test]
    public async Task A_database_that_lost_its_last_commit_gets_no_gap()
    {
        var (user, session) = await RememberedAsync();
        await user.Message(session, "kept");
        var lost = await user.Post($"{session}/messages", new { role = "user", content = "lost" });
        // As on a standby that had not heard of it.
        await BehindAsync(
            """
            set session_replication_role = replica;
            delete from chat_messages where session_id = @Id and revision = @Revision;
            delete from session_journal where session_id = @Id and revision = @Revision;
            update sessions set revision = @Revision - 1 where id = @Id;
            set session_replication_role = origin;
            """,
            new { Id = Id(session), lost.Revision }
        );

        var next = await user.Post($"{session}/messages", new { role = "user", content = "next" });

        Assert.That((next.Status, next.Revision), Is.EqualTo((201, lost.Revision)), next.Text);
        await AssertHistoryAsync(user, session, ["kept", "next"]);
    }

    [Test]
    public async Task A_history_of_the_same_length_that_went_otherwise_is_noticed()
    {
        var (user, session) = await RememberedAsync();
        await user.Message(session, "first");
        // What a standby took in after a failover, while this instance remembers another second commit.
        await BehindAsync(
            """
            select setval('chat_messages_id_seq', nextval('chat_messages_id_seq') + 100000);
            update chat_messages set id = default where session_id = @Id;
            update sessions set updated_at = updated_at + interval '1 microsecond' where id = @Id;
            """,
            new { Id = Id(session) }
        );

        await user.Message(session, "second");

        await AssertHistoryAsync(user, session, ["first", "second"]);
    }

    [TestCase(true, TestName = "A_restored_database_is_noticed_by_its_new_connections")]
    [TestCase(false, TestName = "A_restored_database_is_noticed_by_its_sequences")]
    public async Task A_restored_database_gives_ids_in_order(bool broken)
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(("DATABASE_URL", url));
        await using var behind = await TestCluster.OpenAsync(url);
        var user = Actor.New(service);
        var session = await user.SessionPath();
        await user.Message(session, "kept");
        var dumped = await behind.ExecuteScalarAsync<long>("select last_value from chat_messages_id_seq");
        // So that there are many ids in stock which the restored sequence has not given out.
        var other = await user.SessionPath();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => user.Message(other, $"{i}")));
        await behind.ExecuteAsync(
            """
            set session_replication_role = replica;
            delete from chat_messages where session_id = @Id;
            delete from session_journal where session_id = @Id and revision > 1;
            update sessions set revision = 1 where id = @Id;
            select setval('chat_messages_id_seq', @Dumped);
            """,
            new { Id = Id(other), Dumped = dumped }
        );
        if (broken)
            await behind.ExecuteAsync(
                """
                select pg_terminate_backend(pid)
                from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()
                """
            );

        // A turn looks, a message need not: both in turn show whose ids are whose.
        for (var i = 0; i < 6; i++)
        {
            Tests.Support.Answer turn;
            do turn = await user.Post($"{session}/turns", new { reply = new { content = "turn" } });
            // As long as connections turn out to be broken.
            while (turn.Status == 503);
            Assert.That(turn.Status, Is.EqualTo(201), turn.Text);
            await user.Message(session, "message");
        }

        var revisions = await behind.QueryAsync<long>(
            "select revision from chat_messages where session_id = @Id order by id",
            new { Id = Id(session) }
        );
        Assert.That(revisions, Is.Ordered.And.Count.EqualTo(13));
    }

    [Test]
    public async Task Ids_that_replays_did_not_need_do_not_pile_up()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        var user = Actor.New();
        object[] operations;
        await using (var first = await Service.StartAsync(("DATABASE_URL", url)))
        {
            operations = Saves(await user.At(first).SessionPath());
            await user.At(first).Post("/v1/batch", new { operations });
        }
        await using var service = await Service.StartAsync(("DATABASE_URL", url));
        for (var i = 0; i < 30; i++)
            Assert.That((await user.At(service).Post("/v1/batch", new { operations })).Status, Is.EqualTo(200));
        await using var behind = await TestCluster.OpenAsync(url);
        var drawn = await behind.ExecuteScalarAsync<long>("select last_value from chat_messages_id_seq");

        var fresh = await user.At(service).SessionPath();
        for (var i = 0; i < 10; i++)
            await user.At(service).Post("/v1/batch", new { operations = Saves(fresh) });

        var after = await behind.ExecuteScalarAsync<long>("select last_value from chat_messages_id_seq");
        Assert.That(after, Is.GreaterThan(drawn), "5,000 saves took nothing but what had piled up.");

        static object[] Saves(string session) =>
            [
                .. Enumerable
                    .Range(0, 500)
                    .Select(i => new
                    {
                        key = Guid.NewGuid(),
                        type = "save_message",
                        session_id = Id(session),
                        role = "user",
                        content = $"{i}",
                    }),
            ];
    }

    [Test]
    public void The_clock_says_nothing_twice_however_far_the_server_s_is_behind()
    {
        var clock = new DatabaseClock();
        clock.Set(DateTime.UtcNow);
        var before = clock.Now;
        clock.Set(DateTime.UtcNow.AddMinutes(-10));

        Assert.That((clock.Now > before, clock.Now < clock.Now), Is.EqualTo((true, true)));
    }

    [Test]
    public void A_server_that_does_not_speak_English_is_understood() =>
        Assert.That(Failures.IsDefinite(new Npgsql.PostgresException("anders", "FEHLER", "ERROR", "AE001")), Is.True);

    /// <summary>A session to which an instance has written so often that it writes without a look.</summary>
    async Task<(Actor User, string Session)> RememberedAsync(Actor? user = null)
    {
        user ??= Actor.New(here);
        var session = await user.SessionPath();
        var message = await user.Message(session, "to be remembered by");
        await user.Delete($"{session}/messages/{message.GetProperty("id").GetInt64()}");
        return (user, session);
    }

    /// <summary>Every revision once, messages in their order by id as by revision.</summary>
    async Task AssertHistoryAsync(Actor user, string session, IEnumerable<string> contents)
    {
        var messages = (await user.Get($"{session}?limit=1000"))
            .Json.GetProperty("messages")
            .EnumerateArray()
            .ToArray();
        Assert.That(messages.Select(m => m.GetProperty("content").GetString()), Is.EqualTo(contents));
        Assert.That(messages.Select(m => m.GetProperty("revision").GetInt64()), Is.Ordered);
        Assert.That(messages.Select(m => m.GetProperty("id").GetInt64()), Is.Ordered);
        await using var behind = await TestCluster.OpenAsync(url);
        var revisions = await behind.QueryAsync<long>(
            "select revision from session_journal where session_id = @Id order by revision",
            new { Id = Id(session) }
        );
        Assert.That(revisions, Is.EqualTo(Enumerable.Range(1, (int)await RevisionAsync(session)).Select(r => (long)r)));
    }

    async Task<long> RevisionAsync(string session)
    {
        await using var behind = await TestCluster.OpenAsync(url);
        return await behind.ExecuteScalarAsync<long>(
            "select revision from sessions where id = @Id",
            new { Id = Id(session) }
        );
    }

    async Task BehindAsync(string sql, object parameters)
    {
        await using var behind = await TestCluster.OpenAsync(url);
        await behind.ExecuteAsync(sql, parameters);
    }

    static long Id(string session) =>
        long.Parse(session.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);

    static (string, string) Key(Guid key) => ("Idempotency-Key", $"{key}");
}
