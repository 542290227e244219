using System.Diagnostics;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using AiEditor.Persistence.Tests.Support;
using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Tests.Journeys;

/// <summary>Streams across two instances, and what happens to them when things around them break.</summary>
public sealed class LiveJourney
{
    static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(100);

    /// <summary>After which the host lets go of requests that have not ended by themselves.</summary>
    static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(20);

    [Test]
    [NonParallelizable]
    public async Task A_change_at_one_instance_soon_reaches_a_stream_at_the_other()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await using var here = await Service.StartAsync(("DATABASE_URL", url));
        await using var there = await Service.StartAsync(("DATABASE_URL", url));
        var user = Actor.New(here);
        var session = await user.SessionPath();
        await using var stream = await OpenAsync(there, user, session);
        await Until.TrueAsync(() => stream.Comments > 0, "the stream was open");

        var sent = new Dictionary<long, long>();
        for (var i = 0; i < 200; i++)
        {
            var answer = await user.Post($"{session}/messages", new { role = "user", content = $"{i}" });
            sent[answer.Revision] = Stopwatch.GetTimestamp();
        }
        await stream.UntilAsync(200);

        var delays = stream
            .Arrivals.Select(a => Stopwatch.GetElapsedTime(Math.Min(sent[a.Key], a.Value), a.Value))
            .Order()
            .ToArray();
        TestContext.Out.WriteLine(
            $"from the answer there to the event here: median {delays[100].TotalMilliseconds:F1} ms, 95 % {delays[190].TotalMilliseconds:F1} ms, most {delays[^1].TotalMilliseconds:F1} ms"
        );
        Assert.That(delays[100], Is.LessThan(Quick));
    }

    [Test]
    public async Task All_of_a_thousand_changes_arrive_once_across_killed_listeners_and_a_restarted_instance()
    {
        const int Changes = 1000;
        var url = await TestCluster.CreateDatabaseAsync();
        await using var here = await Service.StartAsync(("DATABASE_URL", url));
        var there = await Service.StartAsync(("DATABASE_URL", url));
        await using var behind = await TestCluster.OpenAsync(url);
        var user = Actor.New(here);
        var session = await user.SessionPath();

        var arrived = new List<long> { 1 };
        var stream = await OpenAsync(there, user, session, 1);
        using var permits = new SemaphoreSlim(0);
        var saving = Task.Run(async () =>
        {
            for (var i = 0; i < Changes; i++)
            {
                await permits.WaitAsync();
                await user.Message(session, $"{i}");
            }
        });
        // Each blow lets the next quarter go, so that it falls into what the blow has broken.
        for (var blow = 0; blow < 4; blow++)
        {
            await Until.TrueAsync(
                () => arrived.Count + stream.Events.Count > blow * Changes / 4 - 50,
                "most of what was saved had come"
            );
            await Until.TrueAsync(async () => await ListenersAsync(behind) == 2, "both instances listened");
            if (blow % 2 == 0)
            {
                await KillListenersAsync(behind);
                permits.Release(Changes / 4);
                continue;
            }
            await there.KillAsync();
            permits.Release(Changes / 4);
            await stream.Ended;
            arrived.AddRange(stream.Revisions);
            await stream.DisposeAsync();
            await there.DisposeAsync();
            there = await Service.StartAsync(("DATABASE_URL", url));
            stream = await OpenAsync(there, user, session, arrived[^1]);
        }
        await saving;
        await stream.UntilAsync(1 + Changes - arrived.Count);
        arrived.AddRange(stream.Revisions);
        await stream.DisposeAsync();
        await there.DisposeAsync();

        Assert.That(arrived, Is.EqualTo(Enumerable.Range(1, 1 + Changes)));
    }

    [Test]
    public async Task Where_no_hint_is_ever_heard_streams_keep_up_by_looking()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await using var here = await Service.StartAsync(("DATABASE_URL", url));
        await using var there = await Service.StartAsync(("DATABASE_URL", url));
        await using var behind = await TestCluster.OpenAsync(url);
        var user = Actor.New(here);
        var session = await user.SessionPath();
        await using var stream = await OpenAsync(there, user, session, 1);

        using var over = new CancellationTokenSource();
        var killing = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
                await KillListenersAsync(behind);
        });
        for (var i = 0; i < 20; i++)
            await user.Message(session, $"{i}");
        await stream.UntilAsync(20);
        await over.CancelAsync();
        await killing;

        Assert.That(stream.Revisions, Is.EqualTo(Enumerable.Range(2, 20)));
    }

    [Test]
    public async Task Hints_are_gathered_instead_of_one_being_said_for_each_save()
    {
        const int Saves = 500;
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(("DATABASE_URL", url));
        await using var behind = await TestCluster.OpenAsync(url);
        var user = Actor.New(service);
        var sessions = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => user.SessionPath()));
        var last = await user.SessionPath();
        var heard = new List<string>();
        behind.Notification += (_, hint) => heard.Add(hint.Payload);
        await behind.ExecuteAsync("listen ai_editor_live");

        await Task.WhenAll(Enumerable.Range(0, Saves).Select(i => user.Message(sessions[i % 10], $"{i}")));
        await user.Message(last);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!heard.Any(hint => hint.Contains($"{Id(last)}:2 ", StringComparison.Ordinal)))
            await behind.WaitAsync(patience.Token);

        // Those of making the sessions may be among them.
        TestContext.Out.WriteLine($"{heard.Count} notifications of {Saves} saves");
        Assert.That(heard, Has.Count.LessThan(Saves / 2));
        foreach (var session in sessions)
            Assert.That(heard, Has.Some.Contain($"{Id(session)}:{1 + Saves / 10} "), "the last one of each is told");
    }

    [TestCase("")]
    [TestCase(
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        TestName = "A_WebSocket_reader_that_stops_reading_is_let_go_and_others_are_served_meanwhile"
    )]
    [NonParallelizable]
    public async Task A_reader_that_stops_reading_is_let_go_and_others_are_served_meanwhile(string headers)
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(("DATABASE_URL", url));
        await using var behind = await TestCluster.OpenAsync(url);
        var user = Actor.New(service);
        var session = await user.SessionPath();
        await behind.ExecuteAsync(
            """
            insert into session_journal (session_id, revision, user_id, key, kind, action, item_id, sha256, created_at)
            select @Id, n, @UserId, gen_random_uuid(), 'session', 'update', @Id, sha256(''), now() from generate_series(2, 200000) as n;
            update sessions set revision = 200000 where id = @Id
            """,
            new { Id = Id(session), user.UserId }
        );
        var before = Memory.OfNow(service.Process);

        using var mute = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveBufferSize = 4096,
        };
        await mute.ConnectAsync(service.Address.Host, service.Address.Port);
        await mute.SendAsync(
            Encoding.ASCII.GetBytes(
                $"GET {session}/events?since=0 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Actor.Token(user.UserId)}\r\n{headers}\r\n"
            )
        );
        var clock = Stopwatch.StartNew();
        await using var reader = await OpenAsync(service, user, session, 199_000);
        await reader.UntilAsync(1000);
        await Until.TrueAsync(
            () => service.Output.Contains("/events", StringComparison.Ordinal),
            "the mute reader's request had ended",
            TimeSpan.FromSeconds(40)
        );
        clock.Stop();

        var grown = (Memory.AtMost(service.Process) - before) / 1024 / 1024;
        TestContext.Out.WriteLine($"let go after {clock.Elapsed.TotalSeconds:F1} s; grown by {grown} MiB");
        // Ten seconds are its patience; what matters is that it has an end.
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)));
        Assert.That(grown, Is.LessThan(64));
    }

    [Test]
    public async Task Streams_that_wait_hold_no_connection_to_the_database_and_let_the_service_go()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(("DATABASE_URL", url), ("SHUTDOWN_DELAY", "0"));
        await using var behind = await TestCluster.OpenAsync(url);
        var users = Enumerable.Range(0, 5).Select(_ => Actor.New(service)).ToArray();
        var sessions = await Task.WhenAll(users.Select(u => u.SessionPath()));

        var streams = new List<EventStream>();
        foreach (var i in Enumerable.Range(0, 240))
            streams.Add(await OpenAsync(service, users[i % 5], sessions[i % 5]));
        await Until.TrueAsync(() => streams.TrueForAll(s => s.Comments > 0), "all streams were open");
        await Until.TrueAsync(
            async () =>
                await behind.ExecuteScalarAsync<long>(
                    """
                    select count(*) from pg_stat_activity
                    where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
                      and state <> 'idle'
                    """
                ) == 0,
            "no connection was held"
        );
        Assert.That(streams.Select(s => (s.Status, s.Ended.IsCompleted)), Is.All.EqualTo((200, false)));
        await Task.WhenAll(users.Select((u, i) => u.Message(sessions[i])));
        await Task.WhenAll(streams.Select(s => s.UntilAsync(1)));
        var clock = Stopwatch.StartNew();
        var exitCode = await service.StopAsync();
        clock.Stop();
        await Task.WhenAll(streams.Select(s => s.Ended));
        foreach (var stream in streams)
            await stream.DisposeAsync();

        Assert.That(exitCode, Is.Zero, service.Output);
        Assert.That(clock.Elapsed, Is.LessThan(ShutdownTimeout));
    }

    [Test]
    public async Task A_WebSocket_is_told_that_the_service_stops()
    {
        await using var service = await Service.StartAsync(("SHUTDOWN_DELAY", "0"));
        var user = Actor.New(service);
        var session = await user.SessionPath();
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("bearer");
        socket.Options.AddSubProtocol(Actor.Token(user.UserId));
        var uri = new UriBuilder(new Uri(service.Address, $"{session}/events")) { Scheme = "ws" }.Uri;
        await socket.ConnectAsync(uri, CancellationToken.None);

        var stopping = service.StopAsync();
        var end = await socket.ReceiveAsync(new byte[1000], CancellationToken.None).WaitAsync(ShutdownTimeout);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);

        Assert.That((int?)end.CloseStatus, Is.EqualTo(1001));
        Assert.That(await stopping, Is.Zero, service.Output);
    }

    static async Task<int> ListenersAsync(NpgsqlConnection behind) =>
        await behind.ExecuteScalarAsync<int>(
            """
            select count(*) from pg_stat_activity
            where application_name = 'ai-editor-live' and datname = current_database() and query like 'listen %'
            """
        );

    static async Task<int> KillListenersAsync(NpgsqlConnection behind) =>
        await behind.ExecuteScalarAsync<int>(
            """
            select count(pg_terminate_backend(pid)) from pg_stat_activity
            where application_name = 'ai-editor-live' and datname = current_database()
            """
        );

    static long Id(string session) =>
        long.Parse(session.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);

    static Task<EventStream> OpenAsync(Service service, Actor user, string session, long? since = null) =>
        EventStream.OpenAsync(
            service,
            $"{session}/events",
            Actor.Token(user.UserId),
            since is { } at ? [("Last-Event-ID", $"{at}")] : []
        );
}
