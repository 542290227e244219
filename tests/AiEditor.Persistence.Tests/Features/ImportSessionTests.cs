using System.Diagnostics;
using System.IO.Pipelines;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AiEditor.Persistence.Tests.Support;
using Npgsql;

namespace AiEditor.Persistence.Tests.Features;

public sealed class ImportSessionTests
{
    Actor user = null!;

    [SetUp]
    public void Begin() => user = Actor.New();

    [Test]
    public async Task What_is_exported_imported_and_exported_again_differs_in_ids_and_revisions_only()
    {
        var original = await Archive.ExportAsync(user, await RichSession.MakeAsync(user));
        var other = Actor.New();

        var import = await Import(other, original.Bytes());
        var copy = await Archive.ExportAsync(other, import.Headers["Location"]);

        Assert.That(import.Status, Is.EqualTo(201), import.Text);
        Assert.That(import.Revision, Is.EqualTo(1));
        Assert.That(copy.Comparable(), Is.EqualTo(original.Comparable()));
        Assert.That(
            copy.Lines.SkipLast(1).Select(l => l["revision"]).OfType<JsonNode>().Select(r => (long)r),
            Is.All.EqualTo(1)
        );
        Assert.That(
            import.Json.GetProperty("counts").GetRawText(),
            Is.EqualTo(
                """{"sessions":1,"attachments":2,"messages":2,"components":3,"component_versions":4,"interactions":2,"skipped":[]}"""
            )
        );
        Assert.That(import.Json.GetProperty("session").GetProperty("user_id").GetInt64(), Is.EqualTo(other.UserId));
    }

    [Test]
    public async Task What_was_imported_lives_on_as_if_it_had_been_made_here()
    {
        var session = (await Import(user, await RichSession.Exported)).Headers["Location"];
        var loaded = (await user.Get(session)).Json;
        var current = (await user.Get($"{session}/components/current")).Json;
        var path = $"{session}/components/{current.GetProperty("id").GetInt64()}";

        var patch = await user.Patch(path, new { jsx_code = "<i/>" }, ("If-Match", "\"4\""));
        var versions = (await user.Get($"{path}/versions")).Json.GetProperty("items");
        var changes = (await user.Get($"{session}/changes?since=0")).Json;
        var picture = loaded.GetProperty("messages")[0].GetProperty("attachments")[0].GetProperty("sha256").GetString();

        Assert.That((patch.Status, patch.Revision), Is.EqualTo((200, 2)), patch.Text);
        Assert.That(
            versions.EnumerateArray().Select(v => v.GetProperty("version").GetInt64()),
            Is.EqualTo(new[] { 5, 4, 3, 2, 1 })
        );
        Assert.That(
            (await user.Get($"{path}/versions/2")).Json.GetProperty("jsx_code").GetString(),
            Is.EqualTo("<b>2</b>")
        );
        Assert.That(changes.GetProperty("components").GetArrayLength(), Is.EqualTo(2));
        Assert.That((await user.Download($"{session}/attachments/{picture}")).Bytes, Is.EqualTo(RichSession.Picture));
        Assert.That((await user.Delete($"{session}?permanent=true")).Status, Is.EqualTo(204));
    }

    [Test]
    public async Task The_same_key_imports_once_and_with_another_file_it_is_refused()
    {
        var bytes = await RichSession.Exported;
        var key = ("Idempotency-Key", $"{Guid.NewGuid()}");
        var other = Archive.Of(bytes);
        other.The("session")["title"] = "Another";

        var answers = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => ImportPatiently(user, bytes, key)));
        var again = await Import(user, bytes, headers: key);
        var reused = await Import(user, other.Bytes(), headers: key);
        var receipt = await user.Get($"/v1/operations/{key.Item2}");

        Assert.That(answers.Select(a => a.Status), Is.All.EqualTo(201), answers[1].Text);
        Assert.That(answers.Count(a => a.Replayed), Is.EqualTo(1));
        Assert.That((again.Status, again.Replayed, again.Revision), Is.EqualTo((201, true, 1)));
        Assert.That(again.Text, Is.EqualTo(answers[0].Text));
        Assert.That(answers[1].Text, Is.EqualTo(answers[0].Text));
        Assert.That((reused.Status, reused.Code), Is.EqualTo((422, "idempotency_key_reused")));
        Assert.That(receipt.Json.GetProperty("action").GetString(), Is.EqualTo("import"));
        Assert.That(
            receipt.Json.GetProperty("sha256").GetString(),
            Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(bytes)))
        );
        Assert.That((await user.Get("/v1/sessions")).Json.GetProperty("items").GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_key_that_a_turn_has_used_is_refused_although_its_parts_had_keys_of_their_own()
    {
        var key = ("Idempotency-Key", $"{Guid.NewGuid()}");
        var turn = await user.Post(
            $"{await user.SessionPath()}/turns",
            new { message = new { key = Guid.NewGuid(), content = "Hello" } },
            key
        );

        var import = await Import(user, await RichSession.Exported, headers: key);

        Assert.That(turn.Status, Is.EqualTo(201), turn.Text);
        Assert.That((import.Status, import.Code), Is.EqualTo((422, "idempotency_key_reused")), import.Text);
    }

    [Test]
    public async Task A_retry_after_one_of_many_imported_sessions_was_erased_answers_with_those_that_are_left()
    {
        var file = Encoding.UTF8.GetBytes(
            """{"chats": [{"messages": [{"role": "user", "content": "1"}]}, {"messages": [{"role": "user", "content": "2"}]}]}"""
        );
        var key = ("Idempotency-Key", $"{Guid.NewGuid()}");
        var import = await Import(user, file, "?format=bolt", key);
        var erased = await user.Delete($"{import.Headers["Location"]}?permanent=true");

        var again = await Import(user, file, "?format=bolt", key);
        var turn = await user.Post(
            $"{await user.SessionPath()}/turns",
            new { message = new { key = Guid.NewGuid(), content = "Hello" } },
            key
        );

        Assert.That(erased.Status, Is.EqualTo(204), erased.Text);
        Assert.That((again.Status, again.Replayed), Is.EqualTo((201, true)), again.Text);
        Assert.That(
            again.Json.GetProperty("sessions").EnumerateArray().Select(s => s.GetProperty("id").GetInt64()),
            Is.EqualTo(new[] { import.Json.GetProperty("sessions")[1].GetProperty("id").GetInt64() })
        );
        Assert.That(
            again.Json.GetProperty("counts").GetRawText(),
            Is.EqualTo(import.Json.GetProperty("counts").GetRawText())
        );
        Assert.That((turn.Status, turn.Code), Is.EqualTo((422, "idempotency_key_reused")), turn.Text);
    }

    [Test]
    public async Task The_same_bytes_read_as_another_format_are_another_request()
    {
        var file = """{"messages": [{"role": "user", "content": "1", "text": "1"}]}"""u8.ToArray();
        var key = ("Idempotency-Key", $"{Guid.NewGuid()}");
        var import = await Import(user, file, "?format=bolt", key);

        var other = await Import(user, file, "?format=librechat", key);

        Assert.That(import.Status, Is.EqualTo(201), import.Text);
        Assert.That((other.Status, other.Code), Is.EqualTo((422, "idempotency_key_reused")), other.Text);
    }

    [Test]
    public async Task Two_users_whose_files_come_slowly_keep_nobody_else_from_importing()
    {
        await using var service = await Service.StartAsync();
        using var giveUp = new CancellationTokenSource();
        var slow = Enumerable
            .Range(0, 2)
            .Select(_ => Actor.New(service).UserId)
            .SelectMany(id => (long[])[id, id])
            .Select(id => Slowly(service, id, giveUp.Token))
            .ToArray();
        await Task.Delay(TimeSpan.FromSeconds(1));

        var start = Stopwatch.GetTimestamp();
        var import = await Import(Actor.New(service), await RichSession.Exported);
        var time = Stopwatch.GetElapsedTime(start);

        Assert.That(import.Status, Is.EqualTo(201), import.Text);
        Assert.That(time, Is.LessThan(TimeSpan.FromSeconds(20)));
        Assert.That(slow.Where(s => s.IsCompleted), Is.Empty);
        await giveUp.CancelAsync();
        Assert.That(async () => await Task.WhenAll(slow), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_commit_of_its_own_whose_answer_was_lost_is_no_replay()
    {
        await using var proxy = new TcpProxy(new NpgsqlConnectionStringBuilder(TestCluster.Url).Port);
        await using var service = await Service.StartAsync(
            ("DATABASE_URL", new NpgsqlConnectionStringBuilder(TestCluster.Url) { Port = proxy.Port }.ConnectionString)
        );
        var far = user.At(service);
        var bytes = await RichSession.Exported;
        var (begun, lost) = (0, 0);
        proxy.LoseAnswerTo = sent =>
        {
            Interlocked.Add(ref begun, sent.Span.IndexOf("insert into interactions"u8) >= 0 ? 1 : 0);
            return begun > 0 && sent.Span.IndexOf("COMMIT"u8) >= 0 && Interlocked.Increment(ref lost) == 1;
        };

        var import = await Import(far, bytes, "", ("Idempotency-Key", $"{Guid.NewGuid()}"));

        Assert.That(lost, Is.GreaterThanOrEqualTo(1));
        Assert.That((import.Status, import.Replayed), Is.EqualTo((201, false)), import.Text);
        Assert.That((await user.Get("/v1/sessions")).Json.GetProperty("items").GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public async Task An_import_makes_at_most_so_many_sessions()
    {
        var chats = string.Join(",", Enumerable.Repeat("""{"messages": [{"role": "user", "content": "1"}]}""", 10_001));

        var import = await Import(user, Encoding.UTF8.GetBytes($$"""{"chats": [{{chats}}]}"""), "?format=bolt");

        Assert.That((import.Status, import.Code), Is.EqualTo((422, "validation_failed")), import.Text);
        Assert.That(import.Text, Does.Contain("more than 10000 conversations"));
    }

    [Test]
    public async Task An_import_brings_at_most_so_many_files()
    {
        var bytes = Enumerable.Range(0, 10_001).Select(i => Convert.ToBase64String(BitConverter.GetBytes(i)));
        var messages = bytes
            .Chunk(64)
            .Select(chunk =>
                $$"""{"role": "user", "content": "1", "parts": [{{string.Join(",", chunk.Select(data => $$"""{"type": "file", "data": "{{data}}"}"""))}}]}"""
            );
        var file = $$"""{"messages": [{{string.Join(",", messages)}}]}""";

        var import = await Import(user, Encoding.UTF8.GetBytes(file), "?format=bolt");

        Assert.That((import.Status, import.Code), Is.EqualTo((422, "validation_failed")), import.Text);
        Assert.That(import.Text, Does.Contain("more than 10000 files"));
    }

    [Test]
    public async Task A_compressed_archive_will_do()
    {
        var import = await user.Post("/v1/sessions/import", Archive.Gzip(await RichSession.Exported));

        Assert.That(import.Status, Is.EqualTo(201), import.Text);
    }

    [Test]
    public async Task A_compressed_archive_may_hold_as_much_as_a_plain_one()
    {
        var export = """{"chats": [{"messages": [{"role": "user", "content": "1"}]}]}""" + new string(' ', 24 * MiB);
        var file = Encoding.UTF8.GetBytes($"[{export}, {export}, {export}]");

        var import = await user.Post("/v1/sessions/import?format=bolt", Archive.Gzip(file));

        Assert.That(import.Status, Is.EqualTo(201), import.Text);
    }

    [TestCase("multipart/form-data; boundary=x")]
    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("text/html")]
    public async Task Other_media_types_are_415(string mediaType)
    {
        var content = new ByteArrayContent(await RichSession.Exported);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);

        var import = await user.Post("/v1/sessions/import", content);

        Assert.That((import.Status, import.Code), Is.EqualTo((415, "unsupported_media_type")));
    }

    [Test]
    public async Task An_unknown_format_is_400_and_a_bad_key_too()
    {
        var format = await Import(user, await RichSession.Exported, "?format=claude");
        var key = await Import(user, await RichSession.Exported, headers: ("Idempotency-Key", "mine"));

        Assert.That((format.Status, format.Fields.Single()), Is.EqualTo((400, "format")));
        Assert.That((key.Status, key.Fields.Single()), Is.EqualTo((400, "Idempotency-Key")));
    }

    [Test]
    [NonParallelizable]
    public async Task A_session_of_200_MiB_goes_in_and_out_where_the_heap_may_have_192()
    {
        await using var service = await Service.StartAsync(Memory.Heap(192));
        var somebody = Actor.New(service);
        var large = new LargeArchive();

        var start = Stopwatch.GetTimestamp();
        var import = await somebody.Post("/v1/sessions/import", large);
        var isIn = Stopwatch.GetElapsedTime(start);
        Assert.That(import.Status, Is.EqualTo(201), import.Text);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{import.Headers["Location"]}/export");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Actor.Token(somebody.UserId));
        using var export = await service.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var (bytes, sha256) = await LargeArchive.ReadAsync(await export.Content.ReadAsStreamAsync());
        var isOut = Stopwatch.GetElapsedTime(start) - isIn;

        var peak = Memory.AtMost(service.Process);
        TestContext.Out.WriteLine(
            $"{bytes / MiB} MiB: in in {isIn.TotalSeconds:f1} s, out in {isOut.TotalSeconds:f1} s; "
                + $"the process had {peak / MiB} MiB at most"
        );
        Assert.That(bytes, Is.GreaterThan(200L * MiB));
        Assert.That(sha256, Is.EqualTo(large.Sha256));
        Assert.That(import.Json.GetProperty("counts").GetRawText(), Is.EqualTo(LargeArchive.Counts));
        Assert.That(peak, Is.LessThan(PeakAtMost));
    }

    const int MiB = 1024 * 1024;

    /// <summary>The heap and what a process has besides.</summary>
    const long PeakAtMost = 400L * MiB;

    static Task<Answer> Import(Actor actor, byte[] bytes, string query = "", params (string, string)[] headers) =>
        actor.Post($"/v1/sessions/import{query}", Archive.Content(bytes), headers);

    /// <summary>An import whose body goes on as long as nobody gives up, faster than what a server takes for an attack.</summary>
    static async Task Slowly(Service service, long userId, CancellationToken giveUp)
    {
        var body = new Pipe();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sessions/import")
        {
            Content = new StreamContent(body.Reader.AsStream()),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Actor.Token(userId));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        var sending = service.Http.SendAsync(request, giveUp);
        while (!sending.IsCompleted)
        {
            await body.Writer.WriteAsync(new byte[1024], giveUp);
            await Task.Delay(50, giveUp);
        }
        using var answer = await sending;
    }

    /// <summary>As a client would: what could not be answered for the moment is asked again under the same key.</summary>
    static async Task<Answer> ImportPatiently(Actor actor, byte[] bytes, (string, string) key)
    {
        for (var attempt = 1; ; attempt++)
        {
            var import = await Import(actor, bytes, headers: key);
            if (import.Status != 503 || attempt == 10)
                return import;
            await Task.Delay(TimeSpan.FromSeconds(int.Parse(import.Headers["Retry-After"])));
        }
    }
}
