using System.Security.Cryptography;
using System.Text;
using AiEditor.Persistence.Tests.Support;
using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Tests.Infrastructure;

/// <summary>What is swept when it is due, and what never is.</summary>
public sealed class TrashTests
{
    const string AgeTrash = """
        update sessions set deleted_at = deleted_at - interval '31 days' where deleted_at is not null;
        update chat_messages set deleted_at = deleted_at - interval '31 days' where deleted_at is not null;
        update components set deleted_at = deleted_at - interval '31 days' where deleted_at is not null;
        update interactions set deleted_at = deleted_at - interval '31 days' where deleted_at is not null
        """;

    // In the order in which an upload locks them.
    const string AgeFiles = """
        update blobs_adrift set since = since - interval '2 hours' where since > '-infinity';
        update session_attachments set put_at = put_at - interval '25 hours', look_at = look_at - interval '25 hours';
        update attachments set created_at = created_at - interval '25 hours', look_at = look_at - interval '25 hours'
        """;

    /// <summary>What an instance locks while it sweeps.</summary>
    const long SweepTurn = 0x5EE9;

    // The same for what is not old yet, and no row besides: a sweep passes over what is locked.
    const string AgeFreshFiles = """
        update blobs_adrift set since = since - interval '2 hours' where since > now() - interval '1 hour';
        update session_attachments set put_at = put_at - interval '25 hours', look_at = look_at - interval '25 hours'
        where put_at > now() - interval '1 day';
        update attachments set created_at = created_at - interval '25 hours', look_at = look_at - interval '25 hours'
        where created_at > now() - interval '1 day'
        """;

    [Test]
    public async Task What_has_been_in_the_trash_for_so_long_is_purged_and_nothing_else()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(("DATABASE_URL", url), ("SWEEP_SECONDS", "1"));
        await using var other = await Service.StartAsync(("DATABASE_URL", url), ("SWEEP_SECONDS", "1"));
        await using var behind = await TestCluster.OpenAsync(url);
        var user = Actor.New(service);
        var (kept, old) = (await user.SessionPath(), await user.SessionPath());
        var messages = new List<string>();
        var firstKey = "";
        foreach (var i in Enumerable.Range(0, 4))
        {
            var message = await user.Message(kept, $"{i}");
            messages.Add($"{kept}/messages/{message.GetProperty("id")}");
            firstKey = i == 0 ? message.GetProperty("client_id").GetString()! : firstKey;
        }
        var component = $"{kept}/components/{(await user.Component(kept)).GetProperty("id")}";
        await user.Patch(component, new { jsx_code = "<i/>" });
        var interaction = $"{kept}/interactions/{(await user.Interaction(kept)).GetProperty("id")}";
        var deleting = Guid.NewGuid().ToString();
        await user.Delete(messages[0], ("Idempotency-Key", deleting));
        foreach (var gone in (string[])[messages[1], component, interaction])
            await user.Delete(gone);
        await user.Trash(old);
        await behind.ExecuteAsync(AgeTrash);
        await user.Delete(messages[2]);
        var before = await user.Get($"{kept}/changes?since=8");
        var young = await user.SessionPath();
        await user.Trash(young);

        await Until.TrueAsync(
            () => Count(url, "sessions where deleted_at is not null") == 1,
            "the old session was purged"
        );
        await Until.TrueAsync(() => Count(url, "interactions") == 0, "tombstones were purged");

        Assert.That(Count(url, "chat_messages"), Is.EqualTo(2));
        Assert.That((Count(url, "components"), Count(url, "component_versions")), Is.EqualTo((0, 0)));
        Assert.That(Count(url, "session_journal where session_id not in (select id from sessions)"), Is.Zero);
        Assert.That((await user.Post($"{old}/restore")).Status, Is.EqualTo(404));
        Assert.That((await user.Post($"{young}/restore")).Status, Is.EqualTo(200));
        // What is gone is still told to whoever was away, by the journal.
        Assert.That(
            (await user.Get($"{kept}/changes?since=8")).Json.GetProperty("deleted").GetRawText(),
            Is.EqualTo(before.Json.GetProperty("deleted").GetRawText())
        );
        Assert.That((await user.Delete(messages[0], ("Idempotency-Key", deleting))).Status, Is.EqualTo(204));
        var again = await user.Post(
            $"{kept}/messages",
            new { role = "user", content = "0" },
            ("Idempotency-Key", firstKey)
        );
        Assert.That((again.Status, again.Replayed, again.Text), Is.EqualTo((201, true, "")));
        var replica = new Device(async (method, path, body) => await user.Send(method, path, body));
        var id = long.Parse(kept.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
        while (!await replica.CatchUpAsync(id, 3, 1)) { }
        Assert.That(
            replica.Digest(id),
            Is.EqualTo((await user.Get($"{kept}/digest")).Json.GetProperty("sha256").GetString())
        );
    }

    [Test]
    public async Task Files_that_no_message_names_are_swept_after_a_day_and_named_ones_stay()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(("DATABASE_URL", url), ("SWEEP_SECONDS", "1"));
        await using var behind = await TestCluster.OpenAsync(url);
        var user = Actor.New(service);
        var (one, two) = (await user.SessionPath(), await user.SessionPath());
        var named = await Put(user, one, "named");
        var orphan = await Put(user, one, "orphan");
        await Put(user, two, "orphan");
        await user.Post(
            $"{one}/messages",
            new
            {
                role = "user",
                content = "x",
                attachments = new[] { new { sha256 = named } },
            }
        );
        // Bytes of an upload that never came to its end.
        await behind.ExecuteAsync(
            """
            insert into blobs_adrift (blob_id, since) values ('00000000-0000-4000-8000-000000000001', now());
            insert into blob_chunks (blob_id, number, bytes) values ('00000000-0000-4000-8000-000000000001', 0, 'x')
            """
        );
        await behind.ExecuteAsync(AgeFiles);
        var fresh = await Put(user, one, "fresh");

        await Until.TrueAsync(() => Count(url, "blob_chunks") == 2, "bytes that nobody names were swept");

        Assert.That((await user.Get($"{one}/attachments/{named}")).Status, Is.EqualTo(200));
        Assert.That((await user.Get($"{one}/attachments/{fresh}")).Status, Is.EqualTo(200));
        Assert.That((await user.Get($"{one}/attachments/{orphan}")).Status, Is.EqualTo(404));
        Assert.That((Count(url, "attachments"), Count(url, "blobs_adrift")), Is.EqualTo((2, 0)));
    }

    [Test]
    public async Task A_file_in_use_is_looked_at_once_and_again_when_what_used_it_lets_go()
    {
        const string Settled =
            "session_attachments p join attachments a using (user_id, sha256) where least(p.look_at, a.look_at) > now() + interval '29 days'";
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(("DATABASE_URL", url), ("SWEEP_SECONDS", "1"));
        await using var behind = await TestCluster.OpenAsync(url);
        var user = Actor.New(service);
        var (one, two) = (await user.SessionPath(), await user.SessionPath());
        var messages = new List<string>();
        foreach (var session in (string[])[one, two])
        {
            var attachments = new[] { new { sha256 = await Put(user, session, session) } };
            var message = await user.Post(
                $"{session}/messages",
                new
                {
                    role = "user",
                    content = "x",
                    attachments,
                }
            );
            messages.Add(message.Headers["Location"]);
        }
        await behind.ExecuteAsync(AgeFiles);

        await Until.TrueAsync(() => Count(url, Settled) == 2, "both were found in use");
        await user.Delete(messages[0]);
        await user.Trash(two);
        await behind.ExecuteAsync(AgeTrash);
        await Until.TrueAsync(() => Count(url, "blob_chunks") == 0, "nothing used them any more");

        Assert.That(Count(url, "attachments"), Is.Zero);
        Assert.That(Count(url, "chat_messages"), Is.Zero);
    }

    [Test]
    public async Task However_many_files_an_erasure_leaves_to_nobody_they_are_gone_at_once()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(("DATABASE_URL", url), ("SWEEP_SECONDS", "86400"));
        await using var behind = await TestCluster.OpenAsync(url);
        var user = Actor.New(service);
        var session = await user.SessionPath();
        await behind.ExecuteAsync(
            """
            insert into attachments (user_id, sha256, size, blob_id, created_at)
            select @UserId, sha256(n::text::bytea), 1, gen_random_uuid(), now() from generate_series(1, 2500) n;
            insert into session_attachments (session_id, sha256, user_id, content_type, put_at)
            select s.id, a.sha256, a.user_id, 'text/plain', now() from sessions s, attachments a
            """,
            new { user.UserId }
        );

        var erased = await user.Delete($"{session}?permanent=true");

        Assert.That(erased.Status, Is.EqualTo(204), erased.Text);
        Assert.That(Count(url, "attachments"), Is.Zero);
    }

    [Test]
    public async Task A_file_that_is_put_and_named_while_it_is_swept_is_never_lost()
    {
        var pause = TimeSpan.FromSeconds(1);
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(
            ("DATABASE_URL", url),
            ("SWEEP_SECONDS", $"{pause.TotalSeconds}")
        );
        await using var behind = await TestCluster.OpenAsync(url);
        var user = Actor.New(service);
        var session = await user.SessionPath();
        var acknowledged = 0;
        var swept = 0;

        using var cap = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        bool IsOver() => cap.IsCancellationRequested || (Volatile.Read(ref acknowledged) >= 200 && swept > 0);
        var aging = Task.Run(async () =>
        {
            var seen = new HashSet<Guid>();
            while (!IsOver())
            {
                await behind.ExecuteAsync(AgeFreshFiles);
                var there = (await behind.QueryAsync<Guid>("select blob_id from attachments")).ToArray();
                seen.UnionWith(there);
                swept = seen.Count - there.Length;
            }
        });
        var saving = Enumerable
            .Range(0, 4)
            .Select(_ =>
                Task.Run(async () =>
                {
                    // Ever new files, for what has been named once is safe; each of them put by all four at about once.
                    // Named after up to two sweeps, so that every sweep finds some unnamed, however fast all this goes.
                    var put = new PriorityQueue<string, DateTime>();
                    for (var i = 0; !IsOver(); i++)
                    {
                        put.Enqueue(
                            await Put(user, session, $"{i}"),
                            DateTime.UtcNow + Random.Shared.NextDouble() * 2 * pause
                        );
                        while (put.TryPeek(out var sha256, out var isNamedAt) && isNamedAt <= DateTime.UtcNow)
                        {
                            put.Dequeue();
                            var saved = await user.Post(
                                $"{session}/messages",
                                new
                                {
                                    role = "user",
                                    content = sha256,
                                    attachments = new[] { new { sha256 } },
                                }
                            );
                            // Swept in between: it says so, and the client puts it again.
                            Assert.That(saved.Status, Is.AnyOf(201, 422), saved.Text);
                            if (saved.Status == 201)
                                Interlocked.Increment(ref acknowledged);
                        }
                    }
                })
            );
        await Task.WhenAll(saving);
        await aging;

        TestContext.Out.WriteLine($"{acknowledged} acknowledged, {swept} swept");
        Assert.That(acknowledged, Is.GreaterThanOrEqualTo(200));
        Assert.That(swept, Is.Positive);
        Assert.That(Count(url, "message_attachments"), Is.EqualTo(acknowledged));
        foreach (var sha256 in await behind.QueryAsync<byte[]>("select distinct sha256 from message_attachments"))
        {
            var named = await user.Download($"{session}/attachments/{Convert.ToHexStringLower(sha256)}");
            Assert.That((named.Status, SHA256.HashData(named.Bytes)), Is.EqualTo((200, sha256)));
        }
    }

    [Test]
    public async Task A_file_goes_when_the_last_message_that_names_it_is_purged_and_not_before()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(("DATABASE_URL", url), ("SWEEP_SECONDS", "1"));
        await using var behind = await TestCluster.OpenAsync(url);
        var user = Actor.New(service);
        var session = await user.SessionPath();
        var file = await Put(user, session, "named twice");
        var messages = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            var message = await user.Post(
                $"{session}/messages",
                new
                {
                    role = "user",
                    content = "x",
                    attachments = new[] { new { sha256 = file } },
                }
            );
            messages.Add(message.Headers["Location"]);
        }
        // Swept together with the first message, in the order of a sweep: purged first, then unlinked, then freed.
        var orphan = await Put(user, session, "orphan");

        await user.Delete(messages[0]);
        await behind.ExecuteAsync(AgeFiles);
        await Until.TrueAsync(() => Count(url, "attachments") == 1, "the orphan was swept");
        var whileInTrash = await user.Get($"{session}/attachments/{file}");
        await behind.ExecuteAsync(AgeTrash);
        await Until.TrueAsync(() => Count(url, "chat_messages") == 1, "the first message was purged");
        await Put(user, session, "orphan");
        await behind.ExecuteAsync(AgeFiles);
        await Until.TrueAsync(() => Count(url, "attachments") == 1, "the orphan was swept again");
        var whileNamed = await user.Get($"{session}/attachments/{file}");
        await user.Delete(messages[1]);
        await behind.ExecuteAsync(AgeTrash);
        await behind.ExecuteAsync(AgeFiles);
        await Until.TrueAsync(() => Count(url, "blob_chunks") == 0, "the file was swept");

        Assert.That((whileInTrash.Status, whileNamed.Status), Is.EqualTo((200, 200)));
        Assert.That((await user.Get($"{session}/attachments/{file}")).Status, Is.EqualTo(404));
        Assert.That((await user.Get($"{session}/attachments/{orphan}")).Status, Is.EqualTo(404));
        Assert.That((Count(url, "attachments"), Count(url, "blobs_adrift")), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task While_one_instance_sweeps_no_other_does()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(("DATABASE_URL", url), ("SWEEP_SECONDS", "1"));
        await using var behind = await TestCluster.OpenAsync(url);
        await using var sweeper = await TestCluster.OpenAsync(url);
        await sweeper.ExecuteAsync($"select pg_advisory_lock({SweepTurn})");
        var user = Actor.New(service);
        await user.Trash(await user.SessionPath());
        await behind.ExecuteAsync(AgeTrash);

        // An instance that has not got its turn rolls back, and nothing else here does.
        var givenUp = new HashSet<DateTime>();
        await Until.TrueAsync(
            async () =>
            {
                givenUp.UnionWith(
                    await behind.QueryAsync<DateTime>(
                        "select query_start from pg_stat_activity where datname = current_database() and query = 'ROLLBACK'"
                    )
                );
                return givenUp.Count >= 4;
            },
            "turns were asked for in vain"
        );
        var meanwhile = Count(url, "sessions");
        await sweeper.ExecuteAsync($"select pg_advisory_unlock({SweepTurn})");
        await Until.TrueAsync(() => Count(url, "sessions") == 0, "the session was purged");

        Assert.That(meanwhile, Is.EqualTo(1));
    }

    [Test]
    [NonParallelizable]
    public async Task What_is_erased_for_good_is_in_none_of_the_databases_files()
    {
        var canary = $"canary{Guid.NewGuid():N}";
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(("DATABASE_URL", url));
        await using var behind = await TestCluster.OpenAsync(url);
        var user = Actor.New(service);
        // On the same pages, before and after: no table gets empty, and no page does.
        var alive = await FillAsync(user, "alive before");
        var session = await user.SessionPath($"{canary} in the title");
        await user.Patch(session, new { description = canary });
        var file = await Put(user, session, $"{canary} in a file");
        await user.Post(
            $"{session}/messages",
            new
            {
                role = "user",
                content = canary,
                metadata = new { canary },
                attachments = new[] { new { sha256 = file, name = canary } },
            }
        );
        var gone = await user.Message(session, $"{canary} deleted");
        await user.Delete($"{session}/messages/{gone.GetProperty("id")}");
        var component = await user.Component(session, canary, $"<b>{canary}</b>");
        await user.Patch($"{session}/components/{component.GetProperty("id")}", new { jsx_code = $"<i>{canary}</i>" });
        await user.Interaction(session, canary);
        var aliveToo = await FillAsync(user, "alive after");
        var (before, beforeToo) = ((await user.Get(alive)).Text, (await user.Get(aliveToo)).Text);
        await behind.ExecuteAsync("checkpoint;");
        Assert.That(await FilesWithAsync(behind, canary), Is.Not.Empty, "the test looks in the wrong place");

        var erased = await user.Delete($"{session}?permanent=true");
        // FULL: what else a vacuum frees on a page that lives on keeps its bytes until something is written over them.
        await behind.ExecuteAsync("vacuum full");
        await behind.ExecuteAsync("checkpoint;");

        Assert.That(erased.Status, Is.EqualTo(204));
        Assert.That(await FilesWithAsync(behind, canary), Is.Empty);
        Assert.That((await user.Get(alive)).Text, Is.EqualTo(before));
        Assert.That((await user.Get(aliveToo)).Text, Is.EqualTo(beforeToo));
        Assert.That(service.Output, Does.Not.Contain(canary));
    }

    [TestCase("TRASH_DAYS", "-1")]
    [TestCase("TRASH_DAYS", "soon")]
    [TestCase("SWEEP_SECONDS", "0")]
    public async Task A_setting_that_makes_no_sense_stops_the_start(string name, string value)
    {
        var (exitCode, output) = await Service.RunAsync([], (name, value));

        Assert.That((exitCode, output.Contains(name, StringComparison.Ordinal)), Is.EqualTo((2, true)), output);
    }

    /// <summary>A session with some of everything in it.</summary>
    static async Task<string> FillAsync(Actor user, string text)
    {
        var session = await user.SessionPath(text);
        var file = await Put(user, session, $"{text} in a file");
        await user.Post(
            $"{session}/messages",
            new
            {
                role = "user",
                content = text,
                attachments = new[] { new { sha256 = file } },
            }
        );
        var component = await user.Component(session, text);
        await user.Patch($"{session}/components/{component.GetProperty("id")}", new { jsx_code = text });
        await user.Interaction(session, text);
        return session;
    }

    static async Task<string> Put(Actor user, string session, string text)
    {
        // As its client would: refused under load, it comes again.
        Answer put;
        do put = await user.Put(
            $"{session}/attachments/{Hash(text)}",
            new ByteArrayContent(Encoding.UTF8.GetBytes(text))
        );
        while (put.Status == 503);
        Assert.That(put.Status, Is.AnyOf(200, 201), put.Text);
        return Hash(text);
    }

    static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    static long Count(string url, string from)
    {
        using var connection = new NpgsqlConnection(url);
        return connection.ExecuteScalar<long>($"select count(*) from {from}");
    }

    /// <summary>The files of this database that hold the text. The log of writes is kept for as long as the server likes.</summary>
    static async Task<IReadOnlyList<string>> FilesWithAsync(NpgsqlConnection behind, string text)
    {
        var folder = await behind.ExecuteScalarAsync<string>(
            "select current_setting('data_directory') || '/base/' || oid from pg_database where datname = current_database()"
        );
        var needle = Encoding.UTF8.GetBytes(text);
        return [.. Directory.GetFiles(folder!).Where(file => File.ReadAllBytes(file).AsSpan().IndexOf(needle) >= 0)];
    }
}
