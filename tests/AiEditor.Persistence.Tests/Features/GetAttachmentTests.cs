using System.Security.Cryptography;
using AiEditor.Persistence.Tests.Support;
using Dapper;

namespace AiEditor.Persistence.Tests.Features;

public sealed class GetAttachmentTests
{
    readonly Actor user = Actor.New();

    [TestCase("bytes=0-0", 0, 1)]
    [TestCase("bytes=262143-262145", 262143, 3)]
    [TestCase("bytes=599990-", 599990, 10)]
    [TestCase("bytes=-5", 599995, 5)]
    [TestCase("bytes=100-9999999", 100, 599900)]
    public async Task A_range_is_given_alone(string range, int from, int count)
    {
        var (path, bytes) = await FileAsync();

        var part = await user.Download(path, ("Range", range));

        Assert.That(part.Status, Is.EqualTo(206));
        Assert.That(part.Bytes, Is.EqualTo(bytes[from..(from + count)]));
        Assert.That(part.Headers["Content-Range"], Is.EqualTo($"bytes {from}-{from + count - 1}/600000"));
    }

    [Test]
    public async Task A_range_beyond_the_end_is_416_and_a_known_file_304()
    {
        var (path, _) = await FileAsync();
        var whole = await user.Download(path);

        var beyond = await user.Download(path, ("Range", "bytes=600000-"));
        var known = await user.Download(path, ("If-None-Match", whole.Headers["ETag"]));
        var stale = await user.Download(path, ("Range", "bytes=0-9"), ("If-Range", "\"other\""));

        Assert.That(whole.Headers["ETag"], Is.EqualTo($"\"{path.Split('/')[^1]}\""));
        Assert.That(whole.Headers["Accept-Ranges"], Is.EqualTo("bytes"));
        Assert.That(beyond.Status, Is.EqualTo(416));
        Assert.That(known.Status, Is.EqualTo(304));
        Assert.That((stale.Status, stale.Bytes.Length), Is.EqualTo((200, 600_000)));
    }

    [TestCase("image/png", "inline")]
    [TestCase("IMAGE/JPEG", "inline")]
    [TestCase("image/svg+xml", "attachment")]
    [TestCase("text/html", "attachment")]
    [TestCase("text/html; charset=utf-8", "attachment")]
    [TestCase("application/pdf", "attachment")]
    [TestCase(null, "attachment")]
    public async Task Only_raster_images_are_shown_and_nothing_is_sniffed_or_run(
        string? contentType,
        string disposition
    )
    {
        var (path, _) = await FileAsync(contentType);

        var got = await user.Download(path);

        Assert.That(got.Headers["Content-Disposition"], Is.EqualTo(disposition));
        Assert.That(got.Headers["X-Content-Type-Options"], Is.EqualTo("nosniff"));
        Assert.That(got.Headers["Content-Security-Policy"], Is.EqualTo("sandbox; default-src 'none'"));
        Assert.That(got.Headers["Content-Type"], Is.EqualTo(contentType ?? "application/octet-stream"));
    }

    [TestCase("text/plain; x=\"é\"")]
    [TestCase("text/plain; x=\"a\r\nSet-Cookie: a=b\"")]
    public async Task A_type_that_was_kept_though_no_header_can_say_it_is_unknown(string kept)
    {
        var (path, bytes) = await FileAsync();
        await using var behind = await TestCluster.OpenAsync(TestCluster.Url);
        await behind.ExecuteAsync(
            "update session_attachments set content_type = @kept where sha256 = sha256(@bytes)",
            new { kept, bytes }
        );

        var got = await user.Download(path);

        Assert.That(got.Status, Is.EqualTo(200));
        Assert.That(got.Bytes, Is.EqualTo(bytes));
        Assert.That(got.Headers["Content-Type"], Is.EqualTo("application/octet-stream"));
    }

    [TestCase("Range", "bytes=600000-", 416, "range_not_satisfiable")]
    [TestCase("If-Match", "\"x\"", 412, "version_conflict")]
    public async Task A_refusal_is_a_problem_that_bears_nothing_of_the_file(
        string header,
        string value,
        int status,
        string code
    )
    {
        var (path, _) = await FileAsync();

        var refused = await user.Get(path, (header, value));

        Assert.That(refused.Status, Is.EqualTo(status), refused.Text);
        Assert.That(refused.Headers["Content-Type"], Is.EqualTo("application/problem+json"));
        Assert.That(refused.Code, Is.EqualTo(code));
        Assert.That(refused.Headers.Keys, Has.None.EqualTo("ETag").And.None.EqualTo("Content-Disposition"));
        Assert.That(
            refused.Headers.GetValueOrDefault("Content-Range"),
            status == 416 ? Is.EqualTo("bytes */600000") : Is.Null
        );
        Assert.That((await user.Get(path, ("If-Match", $"\"{path.Split('/')[^1]}\""))).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_file_of_another_session_or_user_is_not_there()
    {
        var (path, _) = await FileAsync();
        var sha256 = path.Split('/')[^1];
        var other = await user.SessionPath();
        var stranger = Actor.New();
        var theirs = await stranger.SessionPath();

        Assert.That((await user.Get($"{other}/attachments/{sha256}")).Status, Is.EqualTo(404));
        Assert.That((await stranger.Get($"{theirs}/attachments/{sha256}")).Status, Is.EqualTo(404));
        Assert.That((await stranger.Get(path)).Status, Is.EqualTo(404));
    }

    async Task<(string Path, byte[] Bytes)> FileAsync(string? contentType = "image/png")
    {
        var session = await user.SessionPath();
        var bytes = RandomNumberGenerator.GetBytes(600_000);
        var path = $"{session}/attachments/{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
        var content = new ByteArrayContent(bytes);
        if (contentType is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        var put = await user.Put(path, content);
        Assert.That(put.Status, Is.EqualTo(201), put.Text);
        return (path, bytes);
    }
}
