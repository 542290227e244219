using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>A session with some of everything: histories, tombstones, files, awkward text.</summary>
static class RichSession
{
    public static readonly byte[] Picture = RandomNumberGenerator.GetBytes(300_000);

    static readonly Lazy<Task<byte[]>> Export = new(async () =>
    {
        var maker = Actor.New();
        return (await maker.Download($"{await MakeAsync(maker)}/export")).Bytes;
    });

    /// <summary>One of them as an archive, the same for all who ask. To be copied before it is changed.</summary>
    public static Task<byte[]> Exported => Export.Value;

    public static async Task<string> MakeAsync(Actor user)
    {
        var session = await user.SessionPath("Red \U0001F534 \"button\" \u2028 \u0001");
        await user.Patch(session, new { description = "CRLF\r\nand\ttab", is_active = false });
        foreach (
            var (bytes, type) in new[] { (Picture, "image/png"), (Array.Empty<byte>(), "text/plain; charset=utf-8") }
        )
            Assert.That(
                (
                    await user.Put(
                        $"{session}/attachments/{Convert.ToHexStringLower(SHA256.HashData(bytes))}",
                        new ByteArrayContent(bytes) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } }
                    )
                ).Status,
                Is.EqualTo(201)
            );
        var picture = Convert.ToHexStringLower(SHA256.HashData(Picture));
        await user.Post(
            $"{session}/messages",
            $$$"""
            {"role": "user", "content": "Like this \ud83d\ude00\r\n", "metadata": {"n": 9007199254740993, "x": 1e300, "o": {"a": [null]}},
             "attachments": [{"sha256": "{{{picture}}}", "name": "a.png"}, {"sha256": "{{{picture}}}", "name": "b.png"}]}
            """
        );
        var deleted = await user.Message(session, "Never mind", "assistant");
        await user.Delete($"{session}/messages/{Id(deleted)}");
        var first = Id(await user.Component(session, "First", "<b>1</b>"));
        foreach (var n in (int[])[2, 3])
            await user.Patch(
                $"{session}/components/{first}",
                new { jsx_code = $"<b>{n}</b>", css_code = $"b {{{n}}}" }
            );
        await user.Post($"{session}/components/{first}/versions/1/restore");
        await user.Component(session, "Second");
        var third = Id(await user.Component(session, "Third"));
        await user.Patch($"{session}/components/{third}", new { name = "Third, renamed" });
        await user.Delete($"{session}/components/{third}");
        await user.Put($"{session}/components/{first}/current");
        await user.Interaction(session, "");
        var forgotten = Id(await user.Interaction(session));
        await user.Delete($"{session}/interactions/{forgotten}");
        return session;
    }

    static long Id(JsonElement item) => item.GetProperty("id").GetInt64();
}
