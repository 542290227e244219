using System.Text;
using System.Text.Json.Nodes;
using AiEditor.Persistence.Tests.Support;
using Dapper;

namespace AiEditor.Persistence.Tests.Journeys;

/// <summary>
/// Files to import that are damaged, forged or none at all. The database is their own, so that whatever is in it
/// afterwards was left behind by them, bytes that belong to nobody included; so is the service, whose memory they alone fill.
/// </summary>
public sealed class BadFilesTests : OwnDatabase
{
    const int MiB = 1024 * 1024;

    /// <summary>The heap and what a process has besides.</summary>
    const long PeakAtMost = 400L * MiB;

    /// <summary>
    /// 256 MiB of heap for all of them together. A line may have 16 MiB and another tool's conversation 32; either is read
    /// whole, and its parser takes several times as much.
    /// </summary>
    private protected override (string, string?)[] Settings => Memory.Heap(256);

    [OneTimeTearDown]
    public void Tell() =>
        TestContext.Progress.WriteLine($"bad files: {Memory.AtMost(Service.Process) / MiB} MiB at most");

    /// <summary>What may be wrong with a file, where it is found, and what is said.</summary>
    static IEnumerable<TestCaseData> Damages()
    {
        yield return Bad("no bytes", _ => [], "line 1", "not whole");
        yield return Bad("only blanks", _ => "  "u8.ToArray(), "line 1", "not whole");
        yield return Bad("another tool's file", _ => "{\"chats\": []}\n"u8.ToArray(), "line 1", "chats");
        yield return Bad("half a file", bytes => bytes[..(bytes.Length / 2)], "line [0-9]+", "not whole");
        yield return Bad("one byte less", bytes => bytes[..^2], "line [0-9]+", "not whole");
        yield return Bad(
            "a line less",
            bytes => bytes[..(bytes[..^1].AsSpan().LastIndexOf((byte)'\n') + 1)],
            "line [0-9]+",
            "not whole"
        );
        yield return Bad("a flipped bit", Flip, "line [0-9]+", "sha256 is not that");
        yield return Bad("more after the end", bytes => [.. bytes, .. "{}\n"u8], "line [0-9]+", "after the end");
        yield return Edited("a newer version", a => a.Lines[0]["version"] = 2, "line 1", "version 1");
        yield return Edited("an unknown member", a => a.The("session")["owner"] = 7, "line 2", "owner");
        yield return Edited("an unknown type", a => a.The("message")["type"] = "remark", "line [0-9]+", "");
        yield return Edited("no session", a => a.Lines.RemoveAt(1), "line 2", "session");
        yield return Edited(
            "two sessions",
            a => a.Lines.Insert(2, a.Lines[1].DeepClone().AsObject()),
            "line 3",
            "session"
        );
        yield return Edited("a blank title", a => a.The("session")["title"] = " ", "line 2", "title must not be blank");
        yield return Edited(
            "a time in no zone",
            a => a.The("session")["created_at"] = "2025-01-01T00:00:00",
            "line 2",
            "created_at must be a time in UTC"
        );
        yield return Edited(
            "a time before time",
            a => a.The("session")["created_at"] = "0001-01-01T00:00:00Z",
            "line 2",
            "created_at must be a time in UTC"
        );
        yield return Edited(
            "a role nobody plays",
            a => a.The("message")["role"] = "root",
            "line [0-9]+",
            "role must be one of"
        );
        yield return Edited("NUL in text", a => a.The("message")["content"] = "a\0b", "line [0-9]+", "content");
        yield return Edited(
            "no content",
            a => a.The("message").Remove("content"),
            "line [0-9]+",
            "content is required"
        );
        yield return Edited(
            "content too large",
            a => a.The("message")["content"] = new string('x', MiB + 1),
            "line [0-9]+",
            "content must have"
        );
        yield return Edited(
            "metadata too large",
            a => a.The("message")["metadata"] = new JsonObject { ["x"] = new string('x', 65536) },
            "line [0-9]+",
            "metadata must have"
        );
        yield return Edited(
            "null among attachments",
            a => a.The("message")["attachments"] = new JsonArray((JsonNode?)null),
            "line [0-9]+",
            "attachments names a file"
        );
        yield return Edited(
            "an unknown file",
            a => a.The("message")["attachments"]![0]!["sha256"] = new string('a', 64),
            "line [0-9]+",
            "attachments names a file"
        );
        yield return Edited(
            "a file of another size",
            a => a.The("message")["attachments"]![0]!["size"] = 1,
            "line [0-9]+",
            "another size"
        );
        yield return Edited(
            "a type that splits the header",
            a => a.The("attachment")["content_type"] = "a/b\r\nX: y",
            "line 3",
            "content_type must be a media type"
        );
        foreach (
            var type in (string[])["text/plain; x=\"é\"", "a/b; x=\"中\"", "a/b; x=\"\u0001\"", "a/b; x=\"\r\nX: y\""]
        )
            yield return Edited(
                $"a type that no header can say: {Uri.EscapeDataString(type)}",
                a => a.The("attachment")["content_type"] = type,
                "line 3",
                "content_type must be a media type"
            );
        yield return Edited(
            "a wrong hash of a file",
            a => a.OfType("attachment").Last()["sha256"] = new string('a', 64),
            "line [0-9]+",
            "(do not have its sha256|not that)"
        );
        yield return Edited(
            "a file of a huge size",
            a => a.The("attachment")["size"] = long.MaxValue,
            "line [0-9]+",
            "size must be"
        );
        yield return Edited(
            "bytes too few",
            a => a.Lines.Remove(a.OfType("bytes").Last()),
            "line [0-9]+",
            "bytes of the file above are missing"
        );
        yield return Edited(
            "bytes too many",
            a => a.Lines.Insert(a.Lines.IndexOf(a.The("message")), a.The("bytes").DeepClone().AsObject()),
            "line [0-9]+",
            "has no more of them"
        );
        yield return Edited(
            "two current ones",
            a => a.OfType("component").ElementAt(1)["is_current"] = true,
            "line [0-9]+",
            "is_current is true of a component above"
        );
        yield return Edited(
            "a version less",
            a => a.Lines.Remove(a.OfType("component_version").First()),
            "line [0-9]+",
            "version must be the next"
        );
        yield return Edited(
            "versions that never end",
            a => a.The("component")["version"] = 9007199254740991,
            "line [0-9]+",
            "versions of the component above are missing"
        );
        yield return Edited(
            "a version of nothing",
            a => a.Lines.Insert(2, a.The("component_version").DeepClone().AsObject()),
            "line 3",
            "version must be the next"
        );
        yield return Edited(
            "huge counts",
            a => a.The("end")["counts"]!["messages"] = long.MaxValue,
            "line [0-9]+",
            "counts are not those"
        );
        yield return Edited("no counts", a => a.The("end").Remove("counts"), "line [0-9]+", "counts are not those");
        yield return Bad(
            "a deep line",
            bytes => After(bytes, 2, string.Concat(Enumerable.Repeat("{\"a\":", 100_000))),
            "line 3",
            "not strict JSON"
        );
        yield return Bad(
            "a line as deep as a line may be",
            bytes => After(bytes, 2, string.Concat(Enumerable.Repeat("{\"a\":", 15 * MiB / 5))),
            "line 3",
            "not strict JSON"
        );
        yield return Bad(
            "an endless line",
            bytes => After(bytes, 2, new string(' ', 20 * MiB)),
            "line 3",
            "longer than 16 MiB"
        );
        yield return Bad(
            "a lone surrogate",
            bytes => After(bytes, 2, "{\"type\":\"message\",\"content\":\"\\ud800\"}"),
            "line 3",
            "surrogate"
        );
        yield return Bad(
            "a member twice",
            bytes => After(bytes, 2, "{\"type\":\"message\",\"role\":\"user\",\"role\":\"user\"}"),
            "line 3",
            "duplicate"
        );
        yield return Bad(
            "no UTF-8",
            bytes =>
                [
                    .. After(bytes, 1, "{\"type\":\"session\",\"title\":\"\u0001\"}")
                        .Select(b => b == 1 ? (byte)0xff : b),
                ],
            "line 2",
            ""
        );
    }

    [TestCaseSource(nameof(Damages))]
    public async Task A_damaged_file_is_422_names_the_line_and_leaves_nothing(
        Func<byte[], byte[]> damage,
        string place,
        string text
    )
    {
        var bytes = damage([.. await RichSession.Exported]);

        var import = await Import(Archive.Content(bytes));

        Assert.That((import.Status, import.Code), Is.EqualTo((422, "validation_failed")), import.Text);
        Assert.That(import.Fields.Single(), Does.Match($"^{place}$"));
        Assert.That(import.Json.GetProperty("errors").GetRawText(), Does.Match(text));
        Assert.That(import.Text, Has.Length.LessThan(2000));
        await AssertNothingIsLeftAsync();
    }

    [Test]
    public async Task A_bomb_is_413_and_a_large_archive_that_is_cut_off_is_422_where_the_heap_may_have_192_MiB()
    {
        await using var service = await Service.StartAsync([("DATABASE_URL", Url), .. Memory.Heap(192)]);
        var user = Actor.New(service);

        var bomb = await user.Post("/v1/sessions/import", Archive.Gzip(new byte[MiB], times: 257));
        var cut = await user.Post("/v1/sessions/import", new LargeArchive(isCut: true));

        Assert.That((bomb.Status, bomb.Code), Is.EqualTo((413, "payload_too_large")), bomb.Text);
        Assert.That((cut.Status, cut.Code), Is.EqualTo((422, "validation_failed")), cut.Text);
        Assert.That(cut.Json.GetProperty("errors").GetRawText(), Does.Contain("not whole"));
        await AssertNothingIsLeftAsync();
        Assert.That(Memory.AtMost(service.Process), Is.LessThan(PeakAtMost));
    }

    /// <summary>Foreign files whose first conversation is good, and by whose second they turn out not to be.</summary>
    static IEnumerable<TestCaseData> FilesCutOff()
    {
        var picture = Convert.ToBase64String(RichSession.Picture);
        yield return new TestCaseData(
            "chatgpt",
            """[{"mapping": {"a": {"message": {"author": {"role": "user"}, "content": {"content_type": "text", "parts": ["Hi"]}}}}},{"""
        );
        yield return new TestCaseData("librechat", """[{"messages": [{"messageId": "a", "text": "Hi"}]},{""");
        yield return new TestCaseData(
            "open-webui",
            """[{"chat": {"messages": [{"role": "user", "content": "Hi"}]}},{"""
        );
        yield return new TestCaseData(
            "bolt",
            $$$"""[{"messages": [{"role": "user", "content": "Hi", "experimental_attachments": [{"name": "a.png", "contentType": "image/png", "url": "data:image/png;base64,{{{picture}}}"}]}]},{"""
        ).SetArgDisplayNames("bolt", "with a picture");
    }

    [TestCaseSource(nameof(FilesCutOff))]
    public async Task Of_a_file_that_is_cut_off_not_even_what_was_whole_is_kept(string format, string cut)
    {
        var whole = await Import(Foreign(Encoding.UTF8.GetBytes($"{cut[..^2]}]")), format);
        await EmptyAsync();

        var import = await Import(Foreign(Encoding.UTF8.GetBytes(cut)), format);

        Assert.That(whole.Status, Is.EqualTo(201), "the first conversation alone is good");
        Assert.That((import.Status, import.Code), Is.EqualTo((422, "validation_failed")), import.Text);
        Assert.That(import.Fields, Is.EqualTo(new[] { "line 1" }));
        await AssertNothingIsLeftAsync();
    }

    [TestCase("chatgpt", "", "line 1")]
    [TestCase("chatgpt", "[", "line 1")]
    [TestCase("chatgpt", "[]", "(file)")]
    [TestCase("chatgpt", "[1, null, {}]", "(file)")]
    [TestCase("chatgpt", """[{"mapping": {"a": {"parent": "b", "message": {}}, "b": {"parent": "a"}}}]""", "(file)")]
    [TestCase("chatgpt", """[{"chat": {}}]""", "(file)")]
    [TestCase("open-webui", """[{"mapping": {}}]""", "(file)")]
    [TestCase("open-webui", """{"history": {"messages": [], "currentId": 7}}""", "(file)")]
    [TestCase("librechat", """{"messages": {"a": 1}}""", "(file)")]
    [TestCase("bolt", """{"chats": 7}""", "(file)")]
    [TestCase("bolt", "{\n\"messages\": [}", "line 2")]
    public async Task A_foreign_file_that_is_none_is_422_and_leaves_nothing(string format, string text, string place)
    {
        var import = await Import(Foreign(Encoding.UTF8.GetBytes(text)), format);

        Assert.That((import.Status, import.Code), Is.EqualTo((422, "validation_failed")), import.Text);
        Assert.That(import.Fields, Is.EqualTo(new[] { place }));
        await AssertNothingIsLeftAsync();
    }

    [Test]
    public async Task A_deep_foreign_file_and_one_huge_conversation_are_422()
    {
        var text = new byte[33 * MiB];
        Array.Fill(text, (byte)'x');

        var deep = await Import(Foreign(Encoding.UTF8.GetBytes(new string('[', 1_000_000))), "bolt");
        var huge = await Import(Foreign([.. "{\"a\": \""u8, .. text, .. "\"}"u8]), "bolt");

        Assert.That((deep.Status, deep.Fields.Single()), Is.EqualTo((422, "line 1")), deep.Text);
        Assert.That((huge.Status, huge.Fields.Single()), Is.EqualTo((422, "(file)")), huge.Text);
        await AssertNothingIsLeftAsync();
    }

    async Task AssertNothingIsLeftAsync()
    {
        await using var behind = await OpenAsync();
        var tables = await behind.QueryAsync<string>(
            "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'VersionInfo'"
        );
        foreach (var table in tables)
            Assert.That(await behind.ExecuteScalarAsync<long>($"select count(*) from {table}"), Is.Zero, table);
        Assert.That(Memory.AtMost(Service.Process), Is.LessThan(PeakAtMost));
    }

    static HttpContent Foreign(byte[] bytes) => Archive.Content(bytes, "application/json");

    Task<Answer> Import(HttpContent content, string? format = null) =>
        Actor.New(Service).Post($"/v1/sessions/import{(format is null ? "" : $"?format={format}")}", content);

    static TestCaseData Bad(string name, Func<byte[], byte[]> damage, string place, string text) =>
        new TestCaseData(damage, place, text).SetArgDisplayNames(name);

    static TestCaseData Edited(string name, Action<Archive> edit, string place, string text) =>
        Bad(
            name,
            bytes =>
            {
                var archive = Archive.Of(bytes);
                edit(archive);
                return archive.Bytes();
            },
            place,
            text
        );

    static byte[] After(byte[] bytes, int lines, string line)
    {
        var at = 0;
        for (var i = 0; i < lines; i++)
            at = Array.IndexOf(bytes, (byte)'\n', at) + 1;
        return [.. bytes[..at], .. Encoding.UTF8.GetBytes(line), (byte)'\n', .. bytes[at..]];
    }

    /// <summary>One letter of a message.</summary>
    static byte[] Flip(byte[] bytes)
    {
        var at = bytes.AsSpan().IndexOf("Never mind"u8);
        bytes[at] ^= 0x20;
        return bytes;
    }
}
