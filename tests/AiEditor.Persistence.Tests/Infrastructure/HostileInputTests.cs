using System.Net.Http.Headers;
using System.Text;
using AiEditor.Persistence.Tests.Support;
using Dapper;

namespace AiEditor.Persistence.Tests.Infrastructure;

/// <summary>What an attack found once, and what its cure must not break.</summary>
public sealed class HostileInputTests
{
    readonly Actor user = Actor.New();

    [TestCase("br")]
    [TestCase("gzip")]
    public async Task A_damaged_compressed_body_is_400(string encoding)
    {
        var content = new ByteArrayContent([0xff, 0xff, 0xff, 0xff]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add(encoding);

        var answer = await user.Post("/v1/sessions", content);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
    }

    [TestCase("+cc9461e-8a6a-4c1b-bc99-a420b834c7b3")]
    [TestCase("0xc9461e-8a6a-4c1b-bc99-a420b834c7b3")]
    [TestCase("\" cc9461e-8a6a-4c1b-bc99-a420b834c7b3\"")]
    [TestCase("{0cc9461e-8a6a-4c1b-bc99-a420b834c7b3}")]
    public async Task A_key_that_only_resembles_a_uuid_is_400(string key)
    {
        var answer = await user.Post("/v1/sessions", new { title = "x" }, ("Idempotency-Key", key));

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
    }

    [Test]
    public async Task A_body_in_tiny_chunks_is_counted_without_their_framing()
    {
        var session = await user.SessionPath();
        var body = Encoding.UTF8.GetBytes(
            $"{{\"role\": \"user\", \"content\": \"{new string('x', 1024 * 1024)}\"}}{new string(' ', 6 * 1024 * 1024)}"
        );
        var content = new StreamContent(new MemoryStream(body), 16);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentLength = null;

        var answer = await user.Post($"{session}/messages", content, ("Transfer-Encoding", "chunked"));

        Assert.That(answer.Status, Is.EqualTo(201), answer.Text.Length > 500 ? "" : answer.Text);
    }

    [Test]
    public async Task Query_names_are_spelt_one_way_and_others_mean_nothing()
    {
        var session = await user.SessionPath();

        Assert.That((await user.Get("/v1/sessions?LIMIT=0")).Status, Is.EqualTo(200));
        Assert.That((await user.Get("/v1/sessions?limit=1%00")).Status, Is.EqualTo(400));
        Assert.That((await user.Delete($"{session}?PERMANENT=true")).Status, Is.EqualTo(204));
        Assert.That((await user.Post($"{session}/restore")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_charset_may_stand_in_quotes()
    {
        var content = new StringContent("""{"title": "x"}""");
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/json; charset=\"utf-8\"");

        Assert.That((await user.Post("/v1/sessions", content)).Status, Is.EqualTo(201));
    }

    [TestCase("1e+0000000001", "10")]
    [TestCase("0e99999999999", "0")]
    [TestCase("-0.0", "0")]
    public async Task A_number_in_an_odd_spelling_is_kept_and_equals_its_plain_one(string odd, string plain)
    {
        var session = await user.SessionPath();
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());

        var saved = await user.Post(
            $"{session}/messages",
            $$$"""{"role": "user", "content": "x", "metadata": {"n": {{{odd}}}}}""",
            key
        );
        var again = await user.Post(
            $"{session}/messages",
            $$$"""{"role": "user", "content": "x", "metadata": {"n": {{{plain}}}}}""",
            key
        );

        Assert.That(saved.Json.GetProperty("metadata").GetRawText(), Is.EqualTo($$"""{"n":{{odd}}}"""));
        Assert.That((again.Status, again.Replayed), Is.EqualTo((201, true)), again.Text);
    }

    [Test]
    public async Task Many_faults_are_told_in_a_short_answer()
    {
        var session = await user.SessionPath();
        var names = string.Join(',', Enumerable.Repeat("""{"sha256": "\u0000"}""", 50_000));

        var answer = await user.Post(
            $"{session}/messages",
            $$"""{"role": "user", "content": "x", "attachments": [{{names}}]}"""
        );

        Assert.That((answer.Status, answer.Code), Is.EqualTo((422, "validation_failed")));
        Assert.That(answer.Text, Has.Length.LessThan(5000));
    }

    [Test]
    public async Task A_refused_start_leaves_no_server_behind_and_says_what_is_wrong_in_one_line()
    {
        var folder = Directory.CreateTempSubdirectory("ai-editor-refused-").FullName;

        var (exitCode, output) = await Service.RunAsync(
            [],
            ("DATABASE_URL", null),
            ("DATA_DIR", folder),
            ("RATE_LIMIT", "abc")
        );

        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(output.Trim(), Does.StartWith("RATE_LIMIT ").And.Not.Contain("\n"));
        Assert.That(Directory.Exists(Path.Combine(folder, "postgres")), Is.False);
        Directory.Delete(folder, recursive: true);
    }

    [TestCase("PORT", "abc")]
    [TestCase("SHUTDOWN_DELAY", "99")]
    [TestCase("TRASH_DAYS", "-1")]
    [TestCase("SWEEP_SECONDS", "0")]
    [TestCase("JWT_AUTHORITY", "nonsense")]
    [TestCase("CORS_ORIGINS", "https://good.example, nonsense")]
    [TestCase("DATABASE_URL", "postgresql://u:p@h:99999/db")]
    public async Task A_setting_that_makes_no_sense_stops_the_start_by_its_name(string name, string value)
    {
        var (exitCode, output) = await Service.RunAsync([], (name, value));

        Assert.That(exitCode, Is.EqualTo(2), output);
        Assert.That(output.Trim(), Does.StartWith(name + " ").And.Not.Contain("   at "));
    }

    [Test]
    public async Task A_taken_port_is_told_in_one_line_also_while_another_instance_migrates()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await using var other = await TestCluster.OpenAsync(url);
        await other.ExecuteAsync("select pg_advisory_lock(7203114091)");

        var (exitCode, output) = await Service.RunAsync(
            [],
            ("DATABASE_URL", url),
            ("PORT", $"{Service.Main.Address.Port}")
        );

        Assert.That(exitCode, Is.EqualTo(2), output);
        Assert.That(output, Does.Contain("PORT is taken").And.Not.Contain("   at "));
    }

    [TestCase("""{"\ud800aaaaaa": [1]}""")]
    [TestCase("""{"operations": [{}], "\ud800": 1}""")]
    [TestCase("""{"ÿ": [1]}""")]
    public async Task A_batch_with_a_member_whose_name_is_no_Unicode_is_400(string body)
    {
        var answer = await user.Post("/v1/batch", Json(body));

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
    }

    [TestCase("""{"\ud83d": 1, "key": "KEY"}""", true)]
    [TestCase("""{"key": "KEY", "\ud83d\u0000": {"\udc00": 1}, "type": "create_session", "title": "x"}""", true)]
    [TestCase("""{"key": "ÿ", "type": "create_session", "title": "x"}""", false)]
    [TestCase("""{"key": "\ud800", "type": "create_session", "title": "x"}""", false)]
    [TestCase("""{"key": "KEY", "type": "create_session", "title": "ÿ"}""", true)]
    [TestCase("""{"key": "KEY", "type": "create_session", "ÿ": "x"}""", true)]
    [TestCase("""{"key": "KEY", "type": "create_session", "title": "x", "ÿ": 1, "ÿ": 2}""", true)]
    public async Task Text_that_is_no_Unicode_in_one_operation_harms_no_other(string hostile, bool isKnownByItsKey)
    {
        var key = Guid.NewGuid().ToString();
        var good = """{"type": "create_session", "title": "Good"}""";

        var batch = await user.Post(
            "/v1/batch",
            Json(
                $$"""{"operations": [{{good}}, {{hostile.Replace("KEY", key, StringComparison.Ordinal)}}, {{good}}]}"""
            )
        );

        Assert.That(batch.Status, Is.EqualTo(200), batch.Text);
        var results = batch.Json.GetProperty("results").EnumerateArray().ToArray();
        Assert.That(
            results.Select(r => r.GetProperty("verdict").GetString()),
            Is.EqualTo(new[] { "applied", "rejected", "applied" }),
            batch.Text
        );
        Assert.That(
            results[1].GetProperty("problem").GetProperty("code").GetString(),
            Is.EqualTo("malformed_request"),
            batch.Text
        );
        Assert.That(results[1].GetProperty("key").GetString(), Is.EqualTo(isKnownByItsKey ? key : null), batch.Text);
    }

    [TestCase("chatgpt", """[{}, {"mapping": {"a": {"message": {"author": {"role": "ÿ"}}}}}]""")]
    [TestCase("chatgpt", """[{}, {"\ud800itle": 1, "mapping": {}}]""")]
    [TestCase("chatgpt", """[{}, {"mapping": {"\ud800": {}}}]""")]
    [TestCase("open-webui", """[{}, {"chat": {"history": {"messages": {"\ud800": {}}}}}]""")]
    [TestCase("open-webui", """[{}, {"chat": {"history": {"messages": {"ÿ": {}}}}}]""")]
    [TestCase("librechat", """[{}, {"messages": [{"text": "\ud83dÿ"}]}]""")]
    [TestCase("bolt", """[{}, {"chats": [{"messages": [{"role": "user", "content": "x", "\uDFFF\u0000": 1}]}]}]""")]
    public async Task An_export_of_another_tool_that_is_no_Unicode_is_422_and_says_where(string format, string file)
    {
        var import = await user.Post($"/v1/sessions/import?format={format}", Json(file));

        Assert.That((import.Status, import.Code), Is.EqualTo((422, "validation_failed")), import.Text);
        Assert.That(import.Fields, Is.EqualTo(new[] { "element 2" }));
    }

    [Test]
    public async Task Nobody_is_held_up_by_a_file_of_another_users_session()
    {
        var owner = Actor.New();
        var session = await owner.SessionPath();
        var id = long.Parse(session.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("x"u8));
        await owner.Put($"{session}/attachments/{sha256}", new ByteArrayContent([(byte)'x']));
        await using var outside = await TestCluster.OpenAsync(TestCluster.Url);
        await using var transaction = await outside.BeginTransactionAsync();
        await outside.ExecuteAsync(
            "select from session_attachments where session_id = @id for update",
            new { id },
            transaction
        );

        var batch = await user.Post(
            "/v1/batch",
            $$"""
            {"operations": [{"type": "save_message", "session_id": {{id}}, "role": "user", "content": "x",
                             "attachments": [{"sha256": "{{sha256}}"}]}]}
            """
        );

        Assert.That(batch.Status, Is.EqualTo(200), batch.Text);
        Assert.That(
            batch.Json.GetProperty("results")[0].GetProperty("problem").GetProperty("code").GetString(),
            Is.EqualTo("not_found")
        );
    }

    /// <summary>A character of Latin 1 becomes one byte, and so, beyond ASCII, no UTF-8.</summary>
    static ByteArrayContent Json(string text)
    {
        var content = new ByteArrayContent(Encoding.Latin1.GetBytes(text));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }
}
