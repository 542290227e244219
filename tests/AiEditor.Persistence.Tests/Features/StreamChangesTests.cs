using System.Net.WebSockets;
using AiEditor.Persistence.Tests.Support;
using Microsoft.IdentityModel.JsonWebTokens;

namespace AiEditor.Persistence.Tests.Features;

public sealed class StreamChangesTests
{
    /// <summary>For what comes at once, on a machine that does much else.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>For what comes after fifteen seconds.</summary>
    static readonly TimeSpan BeatPatience = TimeSpan.FromSeconds(40);

    readonly Actor user = Actor.New();

    [Test]
    public async Task Every_mutation_is_told_in_order_with_its_key_and_what_it_touched()
    {
        var session = await user.SessionPath();
        await using var stream = await OpenAsync(session);

        var message = await user.Post($"{session}/messages", new { role = "user", content = "x" });
        await user.Patch($"{session}/messages/{message.Json.GetProperty("id")}", new { content = "y" });
        await user.Post($"{session}/turns", new { message = new { content = "a" }, reply = new { content = "b" } });
        await user.Patch(session, new { title = "New" });
        await stream.UntilAsync(5);

        Assert.That(stream.MediaType, Is.EqualTo("text/event-stream"));
        Assert.That(stream.Revisions, Is.EqualTo(new[] { 2, 3, 4, 5, 6 }));
        Assert.That(stream.LastId, Is.EqualTo("6"));
        Assert.That(
            stream.Events.Select(e => (e.GetProperty("kind").GetString(), e.GetProperty("action").GetString())),
            Is.EqualTo(
                new[]
                {
                    ("message", "create"),
                    ("message", "update"),
                    ("message", "create"),
                    ("message", "create"),
                    ("session", "update"),
                }
            )
        );
        var (made, changed) = (stream.Events[0], stream.Events[1]);
        Assert.That(made.GetProperty("key").GetString(), Is.EqualTo(message.Headers["Idempotency-Key"]));
        Assert.That(
            changed.GetProperty("client_id").GetString(),
            Is.EqualTo(made.GetProperty("client_id").GetString())
        );
        Assert.That(changed.GetProperty("item_id").GetInt64(), Is.EqualTo(message.Json.GetProperty("id").GetInt64()));
        Assert.That($"/v1/sessions/{made.GetProperty("session_id")}", Is.EqualTo(session));
    }

    [Test]
    public async Task It_resumes_after_the_last_event_and_begins_at_the_head_when_nothing_is_named()
    {
        var session = await user.SessionPath();
        for (var i = 0; i < 4; i++)
            await user.Message(session, $"{i}");

        await using var since = await OpenAsync($"{session}", "?since=2");
        await using var last = await OpenAsync(session, "?since=0", ("Last-Event-ID", "4"));
        await using var all = await OpenAsync(session, "?since=0");
        await using var head = await OpenAsync(session);
        await user.Message(session, "live");
        await all.UntilAsync(6);
        await since.UntilAsync(4);
        await last.UntilAsync(2);
        await head.UntilAsync(1);

        Assert.That(all.Revisions, Is.EqualTo(new[] { 1, 2, 3, 4, 5, 6 }));
        Assert.That(since.Revisions, Is.EqualTo(new[] { 3, 4, 5, 6 }));
        Assert.That(last.Revisions, Is.EqualTo(new[] { 5, 6 }));
        Assert.That(head.Revisions, Is.EqualTo(new[] { 6 }));
    }

    [TestCase("?since=2", null, 410, "resync_required")]
    [TestCase("", "2", 410, "resync_required")]
    [TestCase("?since=-1", null, 400, "malformed_request")]
    [TestCase("?since=x", null, 400, "malformed_request")]
    [TestCase("", "x", 400, "malformed_request")]
    [TestCase("", "1; drop", 400, "malformed_request")]
    public async Task A_place_that_is_none_is_refused_before_the_stream_opens(
        string query,
        string? lastEventId,
        int status,
        string code
    )
    {
        var session = await user.SessionPath();

        var answer = await user.Get(
            $"{session}/events{query}",
            lastEventId is null ? [] : [("Last-Event-ID", lastEventId)]
        );

        Assert.That((answer.Status, answer.Code), Is.EqualTo((status, code)), answer.Text);
    }

    [Test]
    public async Task A_quiet_stream_gives_a_sign_of_life()
    {
        var session = await user.SessionPath();
        await using var stream = await OpenAsync(session);
        await Until.TrueAsync(() => stream.Comments == 1, "the stream had opened");

        await Until.TrueAsync(() => stream.Comments == 2, "a sign of life had come", BeatPatience);

        Assert.That(stream.Events, Is.Empty);
    }

    [Test]
    public async Task It_ends_when_the_session_goes_after_telling_so()
    {
        var session = await user.SessionPath();
        var erased = await user.SessionPath();
        await using var stream = await OpenAsync(session);
        await using var other = await OpenAsync(erased);

        await user.Trash(session);
        await user.Delete($"{erased}?permanent=true");

        await Task.WhenAll(stream.Ended, other.Ended).WaitAsync(Patience);
        Assert.That(stream.Events.Single().GetProperty("action").GetString(), Is.EqualTo("delete"));
        Assert.That(other.Events, Is.Empty);
        Assert.That((await user.Get($"{session}/events")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task It_ends_when_the_token_expires()
    {
        var session = await user.SessionPath();
        var token = Actor.Token(user.UserId, TimeSpan.FromSeconds(2));
        // Timers count in ticks of the system's clock and may be early by one.
        var expiry = new JsonWebToken(token).ValidTo - TimeSpan.FromMilliseconds(20);
        await using var stream = await EventStream.OpenAsync(Service.Main, $"{session}/events", token);
        using var socket = await SocketAsync(session, token);

        var receiving = socket.ReceiveAsync(new byte[1000], CancellationToken.None);
        var ends = await Task.WhenAll(WhenAsync(stream.Ended), WhenAsync(receiving));

        Assert.That(stream.Status, Is.EqualTo(200));
        Assert.That((await receiving).CloseStatus, Is.EqualTo(WebSocketCloseStatus.PolicyViolation));
        Assert.That(ends, Is.All.GreaterThanOrEqualTo(expiry));
    }

    [Test]
    public async Task A_token_that_has_just_expired_opens_a_stream_that_is_over()
    {
        var session = await user.SessionPath();
        var token = Jwt.Sign($$"""{"sub":"{{user.UserId}}","exp":{{Jwt.In(-10)}}}""");
        await using var stream = await EventStream.OpenAsync(Service.Main, $"{session}/events?since=0", token);
        using var socket = await SocketAsync(session, token);

        await stream.Ended.WaitAsync(TimeSpan.FromSeconds(5));
        var end = await socket.ReceiveAsync(new byte[1000], CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(5));

        Assert.That((stream.Status, stream.MediaType), Is.EqualTo((200, "text/event-stream")));
        Assert.That(stream.Text, Is.EqualTo(":\n\n"));
        Assert.That(end.CloseStatus, Is.EqualTo(WebSocketCloseStatus.PolicyViolation));
    }

    [TestCase("1000000000000000")]
    [TestCase("9223372036854775807")]
    [TestCase("4102444800.5")]
    public async Task A_token_may_live_for_ever(string exp)
    {
        var session = await user.SessionPath();
        await using var stream = await EventStream.OpenAsync(
            Service.Main,
            $"{session}/events?since=0",
            Jwt.Sign($$"""{"sub":"{{user.UserId}}","exp":{{exp}}}""")
        );

        await stream.UntilAsync(1);

        Assert.That((stream.Status, stream.Ended.IsCompleted), Is.EqualTo((200, false)));
    }

    [Test]
    public async Task Two_places_to_resume_from_are_refused()
    {
        var session = await user.SessionPath();

        var answer = await RawRequest.SendAsync(
            $"GET {session}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Actor.Token(user.UserId)}\r\n"
                + "Last-Event-ID: 0\r\nLast-Event-ID: 1\r\nConnection: close\r\n\r\n"
        );

        Assert.That(
            answer,
            Does.StartWith("HTTP/1.1 400 ").And.Contain("malformed_request").And.Contain("Last-Event-ID")
        );
    }

    [Test]
    public async Task A_WebSocket_on_the_same_path_sends_the_same_events_as_text()
    {
        var session = await user.SessionPath();
        await user.Message(session);
        await using var stream = await OpenAsync(session, "?since=0");
        using var socket = await SocketAsync(session, Actor.Token(user.UserId), "?since=0");

        await user.Component(session);
        await stream.UntilAsync(3);
        var frames = new List<string>();
        for (var i = 0; i < 3; i++)
            frames.Add(await FrameAsync(socket));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);

        Assert.That(socket.SubProtocol, Is.EqualTo("bearer"));
        Assert.That(frames, Is.EqualTo(stream.Events.Select(e => e.GetRawText())));
    }

    [Test]
    public async Task What_a_WebSocket_is_told_changes_nothing()
    {
        var session = await user.SessionPath();
        using var socket = await SocketAsync(session, Actor.Token(user.UserId));
        for (var i = 0; i < 50; i++)
            await socket.SendAsync(new byte[100_000], WebSocketMessageType.Binary, i % 3 == 0, CancellationToken.None);

        await user.Message(session);

        Assert.That(await FrameAsync(socket), Does.Contain("\"revision\":2"));
    }

    [TestCase("bearer, nonsense", 401)]
    [TestCase("bearer", 401)]
    [TestCase(null, 401)]
    [TestCase("stranger", 404)]
    public async Task A_WebSocket_is_refused_before_it_opens(string? protocols, int status)
    {
        var session = await user.SessionPath();
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (protocols == "stranger")
            protocols = $"bearer, {Actor.Token(Actor.New().UserId)}";
        foreach (var protocol in (protocols ?? "").Split(", ", StringSplitOptions.RemoveEmptyEntries))
            socket.Options.AddSubProtocol(protocol);

        await Assert.ThrowsAsync<WebSocketException>(() =>
            socket.ConnectAsync(SocketUri(session, $"?access_token={Actor.Token(user.UserId)}"), CancellationToken.None)
        );

        Assert.That((int)socket.HttpStatusCode, Is.EqualTo(status));
    }

    [Test]
    public async Task A_user_has_so_many_streams_and_no_more()
    {
        var session = await user.SessionPath();
        var streams = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => OpenAsync(session)));

        var refused = await user.Get($"{session}/events");
        await streams[0].DisposeAsync();
        EventStream? next = null;
        await Until.TrueAsync(
            async () =>
            {
                next = await OpenAsync(session);
                return next.Status == 200;
            },
            "a stream that was left had made room for another"
        );
        await user.Message(session);

        Assert.That((refused.Status, refused.Code), Is.EqualTo((429, "rate_limited")));
        Assert.That(refused.Headers, Does.ContainKey("Retry-After"));
        await Task.WhenAll(streams[1..].Append(next!).Select(s => s.UntilAsync(1)));
        await Task.WhenAll(streams[1..].Append(next!).Select(s => s.DisposeAsync().AsTask()));
    }

    Task<EventStream> OpenAsync(string session, string query = "", params (string, string)[] headers) =>
        EventStream.OpenAsync(Service.Main, $"{session}/events{query}", Actor.Token(user.UserId), headers);

    static async Task<ClientWebSocket> SocketAsync(string session, string token, string query = "")
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("bearer");
        socket.Options.AddSubProtocol(token);
        await socket.ConnectAsync(SocketUri(session, query), CancellationToken.None);
        return socket;
    }

    static async Task<DateTime> WhenAsync(Task end)
    {
        await end.WaitAsync(Patience);
        return DateTime.UtcNow;
    }

    static Uri SocketUri(string session, string query) =>
        new UriBuilder(new Uri(Service.Main.Address, $"{session}/events{query}")) { Scheme = "ws" }.Uri;

    static async Task<string> FrameAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        var frame = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(Patience);
        Assert.That((frame.MessageType, frame.EndOfMessage), Is.EqualTo((WebSocketMessageType.Text, true)));
        return System.Text.Encoding.UTF8.GetString(buffer, 0, frame.Count);
    }
}
