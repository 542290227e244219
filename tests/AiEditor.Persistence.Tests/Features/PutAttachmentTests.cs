using System.IO.Compression;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using AiEditor.Persistence.Tests.Support;
using Dapper;

namespace AiEditor.Persistence.Tests.Features;

public sealed class PutAttachmentTests
{
    const int MiB = 1024 * 1024;
    readonly Actor user = Actor.New();

    [Test]
    public async Task A_file_is_put_once_however_often_it_is_sent_and_comes_back_byte_for_byte()
    {
        var session = await user.SessionPath();
        var bytes = RandomNumberGenerator.GetBytes(700_000);

        var first = await Put(session, bytes, "image/png");
        var again = await Put(session, bytes, "image/jpeg");
        var got = await user.Download(Path(session, bytes));

        Assert.That((first.Status, again.Status), Is.EqualTo((201, 200)), first.Text);
        Assert.That(
            first.Json.GetRawText(),
            Is.EqualTo($$"""{"sha256":"{{Hash(bytes)}}","content_type":"image/png","size":700000}""")
        );
        Assert.That(first.Headers, Does.Not.ContainKey("Session-Revision"));
        Assert.That(got.Bytes, Is.EqualTo(bytes));
        Assert.That(got.Headers["Content-Type"], Is.EqualTo("image/jpeg"));
        Assert.That(
            (await user.Get(session)).Json.GetProperty("session").GetProperty("revision").GetInt64(),
            Is.EqualTo(1)
        );
    }

    [Test]
    public async Task Twenty_at_once_and_two_sessions_store_the_bytes_once()
    {
        var sessions = new[] { await user.SessionPath(), await user.SessionPath() };
        var bytes = RandomNumberGenerator.GetBytes(300_000);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Put(sessions[i % 2], bytes)));

        Assert.That(answers.Select(a => a.Status), Is.All.AnyOf(200, 201));
        Assert.That(answers.Count(a => a.Status == 201), Is.EqualTo(2));
        await using var behind = await TestCluster.OpenAsync(TestCluster.Url);
        Assert.That(
            await behind.ExecuteScalarAsync<long>(
                """
                select sum(octet_length(c.bytes)) from attachments a join blob_chunks c on c.blob_id = a.blob_id
                where a.user_id = @UserId
                """,
                new { user.UserId }
            ),
            Is.EqualTo(300_000)
        );
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(256 * 1024)]
    [TestCase(256 * 1024 + 1)]
    [TestCase(10 * MiB)]
    public async Task Any_size_up_to_the_limit_will_do(int size)
    {
        var session = await user.SessionPath();
        var bytes = RandomNumberGenerator.GetBytes(size);

        var put = await Put(session, bytes);
        var got = await user.Download(Path(session, bytes));

        Assert.That(put.Status, Is.EqualTo(201), put.Text);
        Assert.That(got.Bytes, Is.EqualTo(bytes));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task More_than_the_limit_is_413_however_it_is_sent(bool chunked)
    {
        var session = await user.SessionPath();
        var bytes = new byte[10 * MiB + 1];

        var put = await user.Put(
            Path(session, bytes),
            new ByteArrayContent(bytes),
            chunked ? [("Transfer-Encoding", "chunked")] : []
        );

        Assert.That((put.Status, put.Code), Is.EqualTo((413, "payload_too_large")), put.Text);
        Assert.That(await Kept(), Is.Zero);
    }

    [Test]
    public async Task A_compressed_body_is_hashed_as_what_it_holds_and_a_bomb_is_413()
    {
        var session = await user.SessionPath();
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("hello ", 10_000)));
        var bomb = new byte[100 * MiB];

        var put = await user.Put(Path(session, bytes), Gzipped(bytes));
        var bombed = await user.Put(Path(session, bomb), Gzipped(bomb));
        var damaged = await user.Put(Path(session, bytes), Gzip([1, 2, 3]));

        Assert.That(put.Status, Is.EqualTo(201), put.Text);
        Assert.That(bombed.Status, Is.EqualTo(413), bombed.Text);
        Assert.That((damaged.Status, damaged.Code), Is.EqualTo((400, "malformed_request")), damaged.Text);
    }

    [Test]
    public async Task A_wrong_hash_is_422_and_nothing_is_kept()
    {
        var session = await user.SessionPath();

        var put = await user.Put(Path(session, [1]), new ByteArrayContent([2]));

        Assert.That((put.Status, put.Code), Is.EqualTo((422, "validation_failed")), put.Text);
        Assert.That(put.Fields, Is.EqualTo(new[] { "sha256" }));
        Assert.That(await Kept(), Is.Zero);
        Assert.That((await user.Get(Path(session, [2]))).Status, Is.EqualTo(404));
    }

    [TestCase("2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E73043362938B9824")]
    [TestCase("2cf24dba")]
    [TestCase("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b982g")]
    public async Task What_is_no_hash_names_no_file(string sha256)
    {
        var session = await user.SessionPath();

        var put = await user.Put($"{session}/attachments/{sha256}", new ByteArrayContent("hello"u8.ToArray()));
        var got = await user.Get($"{session}/attachments/{sha256}");

        Assert.That((put.Status, put.Code), Is.EqualTo((404, "not_found")));
        Assert.That((got.Status, got.Code), Is.EqualTo((404, "not_found")));
    }

    [TestCase("nonsense")]
    [TestCase("*/*")]
    [TestCase("image/*")]
    [TestCase("text/plain; charset=\"")]
    public async Task A_media_type_that_is_none_is_400(string contentType)
    {
        var session = await user.SessionPath();
        var content = new ByteArrayContent([1]);
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        var put = await user.Put(Path(session, [1]), content);

        Assert.That((put.Status, put.Code), Is.EqualTo((400, "malformed_request")), put.Text);
        Assert.That(put.Fields, Is.EqualTo(new[] { "Content-Type" }));
    }

    [TestCase("text/plain; x=\"é\"")]
    [TestCase("text/plain; x=\"中\"")]
    public async Task A_media_type_that_no_answer_could_bear_is_400(string contentType)
    {
        var session = await user.SessionPath();

        // Written by hand: the client's own headers are ASCII or fail.
        var put = await RawRequest.SendAsync(
            $"PUT {Path(session, [1])} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Actor.Token(user.UserId)}\r\n"
                + $"Content-Type: {contentType}\r\nContent-Length: 1\r\nConnection: close\r\n\r\n\u0001"
        );

        Assert.That(put, Does.StartWith("HTTP/1.1 400 ").And.Contain("malformed_request").And.Contain("Content-Type"));
    }

    [Test]
    public async Task A_session_in_the_trash_takes_and_gives_no_file()
    {
        var session = await user.SessionPath();
        await Put(session, [1]);
        await user.Trash(session);

        Assert.That((await Put(session, [1])).Status, Is.EqualTo(404));
        Assert.That((await Put(session, [2])).Status, Is.EqualTo(404));
        Assert.That((await user.Get(Path(session, [1]))).Status, Is.EqualTo(404));
    }

    [Test]
    [NonParallelizable]
    public async Task Fifty_large_files_at_once_leave_the_memory_flat()
    {
        await using var service = await Service.StartAsync();
        var far = user.At(service);
        var session = await far.SessionPath();
        var files = Enumerable.Range(0, 10).Select(_ => RandomNumberGenerator.GetBytes(10 * MiB)).ToArray();
        await far.Put(Path(session, [1]), new ByteArrayContent([1]));
        var before = Memory.OfNow(service.Process);

        await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(async i =>
                {
                    var bytes = files[i % 10];
                    // As its client would: too many at once are told to come again.
                    while ((await far.Put(Path(session, bytes), new ByteArrayContent(bytes))).Status == 503) { }
                    var got = await far.Download(Path(session, bytes));
                    Assert.That(got.Status, Is.EqualTo(200), service.Output);
                    Assert.That(Hash(got.Bytes), Is.EqualTo(Hash(bytes)));
                })
        );
        var most = Memory.AtMost(service.Process);

        TestContext.Out.WriteLine($"{before / MiB} MiB before, {most / MiB} MiB at most");
        Assert.That((most - before) / MiB, Is.LessThan(150));
    }

    Task<Answer> Put(string session, byte[] bytes, string? contentType = null)
    {
        var content = new ByteArrayContent(bytes);
        if (contentType is not null)
            content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        return user.Put(Path(session, bytes), content);
    }

    async Task<long> Kept()
    {
        await using var behind = await TestCluster.OpenAsync(TestCluster.Url);
        return await behind.ExecuteScalarAsync<long>(
            "select count(*) from attachments where user_id = @UserId",
            new { user.UserId }
        );
    }

    static string Path(string session, byte[] bytes) => $"{session}/attachments/{Hash(bytes)}";

    static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    static ByteArrayContent Gzipped(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return Gzip(compressed.ToArray());
    }

    static ByteArrayContent Gzip(byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }
}
