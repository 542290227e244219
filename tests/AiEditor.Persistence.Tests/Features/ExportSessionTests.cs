using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using AiEditor.Persistence.Tests.Support;
using Dapper;

namespace AiEditor.Persistence.Tests.Features;

public sealed class ExportSessionTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task An_empty_session_is_a_header_itself_and_an_end_that_vouches_for_both()
    {
        var session = await user.SessionPath("Mine");

        var (status, headers, bytes) = await user.Download($"{session}/export");
        var archive = Archive.Of(bytes);
        var before = bytes.AsSpan(0, bytes.AsSpan(0, bytes.Length - 1).LastIndexOf((byte)'\n') + 1);

        Assert.That(status, Is.EqualTo(200));
        Assert.That(headers["Content-Type"], Is.EqualTo("application/x-ndjson"));
        Assert.That(headers["Content-Disposition"], Does.Match("^attachment; filename=\"session-[0-9]+.ndjson\"$"));
        Assert.That(archive.Lines[0].ToJsonString(), Is.EqualTo("""{"format":"ai-editor-session","version":1}"""));
        Assert.That(archive.Lines, Has.Count.EqualTo(3));
        Assert.That((string?)archive.Lines[1]["title"], Is.EqualTo("Mine"));
        Assert.That(
            (string?)archive.The("end")["sha256"],
            Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(before)))
        );
    }

    [Test]
    public async Task It_holds_history_tombstones_and_files()
    {
        var session = await RichSession.MakeAsync(user);

        var archive = await Archive.ExportAsync(user, session);

        Assert.That(archive.OfType("message").Count(m => m["deleted_at"] is not null), Is.EqualTo(1));
        Assert.That(archive.OfType("interaction").Count(m => m["deleted_at"] is not null), Is.EqualTo(1));
        Assert.That(
            archive.OfType("component").Select(c => ((string?)c["name"], (long)c["version"]!, (bool)c["is_current"]!)),
            Is.EqualTo(new[] { ("First", 4L, true), ("Second", 1L, false), ("Third, renamed", 2L, false) })
        );
        Assert.That(
            archive.OfType("component_version").Select(v => (string?)v["jsx_code"]),
            Is.EqualTo(new[] { "<b>1</b>", "<b>2</b>", "<b>3</b>", "<b/>" })
        );
        Assert.That(
            archive.OfType("bytes").SelectMany(b => Convert.FromBase64String((string)b["base64"]!)),
            Is.EqualTo(RichSession.Picture)
        );
        Assert.That(
            archive.The("end")["counts"]!.ToJsonString(),
            Is.EqualTo("""{"attachments":2,"messages":2,"components":3,"component_versions":4,"interactions":2}""")
        );
    }

    [Test]
    public async Task What_is_saved_meanwhile_is_in_it_whole_or_not_at_all()
    {
        var session = await user.SessionPath();
        for (var i = 0; i < 20; i++)
            await user.Message(session, new string('x', 500_000));
        var saving = Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
                await user.Post(
                    $"{session}/turns",
                    new { message = new { content = $"{i}" }, reply = new { content = $"{i}" } }
                );
        });

        var archives = new List<Archive>();
        while (!saving.IsCompleted)
            archives.Add(await Archive.ExportAsync(user, session));
        await saving;

        Assert.That(archives, Is.Not.Empty);
        foreach (var archive in archives)
        {
            var messages = archive.OfType("message").ToArray();
            Assert.That(messages.Length % 2, Is.Zero);
            Assert.That((long)archive.The("session")["revision"]!, Is.EqualTo(messages.Length + 1));
        }
    }

    [Test]
    public async Task One_user_who_does_not_read_what_is_exported_keeps_nobody_else_from_it()
    {
        await using var service = await Service.StartAsync();
        var (greedy, other) = (Actor.New(service), Actor.New(service));
        var session = await greedy.SessionPath();
        await using var behind = await TestCluster.OpenAsync(TestCluster.Url);
        await behind.ExecuteAsync(
            """
            insert into chat_messages (session_id, client_id, revision, role, content, message_type, metadata, attachments, created_at)
            select @id, gen_random_uuid(), 1, 'user', repeat('x', 1048576), 'text', '{}', '[]', now() from generate_series(1, 40)
            """,
            new { id = long.Parse(session.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture) }
        );
        using var giveUp = new CancellationTokenSource();
        var exports = Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ =>
                {
                    var request = new HttpRequestMessage(HttpMethod.Get, $"{session}/export");
                    request.Headers.Authorization = new("Bearer", Actor.Token(greedy.UserId));
                    return service.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, giveUp.Token);
                })
        );
        await Task.WhenAny(exports, Task.Delay(TimeSpan.FromSeconds(2)));

        var export = await other.Download($"{await other.SessionPath()}/export");

        Assert.That(export.Status, Is.EqualTo(200));
        await giveUp.CancelAsync();
        Assert.That(async () => await exports, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_reader_that_is_slow_but_never_rests_gets_all_of_it()
    {
        var session = await user.SessionPath();
        for (var i = 0; i < 4; i++)
            await user.Component(session, $"{i}", new string('x', 1024 * 1024));
        // Each character becomes six in a line of the archive.
        await user.Component(session, "long", new string('\u0001', 1024 * 1024));
        // Through a narrow door: the kernel on this side takes nothing in advance.
        using var http = new HttpClient(
            new SocketsHttpHandler
            {
                ConnectCallback = async (context, cancellation) =>
                {
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
                    await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        );
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Service.Main.Address, $"{session}/export"));
        request.Headers.Authorization = new("Bearer", Actor.Token(user.UserId));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        using var archive = new MemoryStream();

        var clock = Stopwatch.StartNew();
        var buffer = new byte[4096];
        while (clock.Elapsed < TimeSpan.FromSeconds(45))
        {
            archive.Write(buffer, 0, await body.ReadAsync(buffer));
            // The reader's own pace, not a wait for something: 40 KB a second for longer than a slow reader is borne elsewhere.
            await Task.Delay(100);
        }
        await body.CopyToAsync(archive);

        Assert.That(Archive.Of(archive.ToArray()).OfType("component").Count(), Is.EqualTo(5));
    }

    [Test]
    public async Task A_session_in_the_trash_is_not_found()
    {
        var session = await user.SessionPath();
        await user.Trash(session);

        var export = await user.Get($"{session}/export");

        Assert.That((export.Status, export.Code), Is.EqualTo((404, "not_found")));
    }
}
