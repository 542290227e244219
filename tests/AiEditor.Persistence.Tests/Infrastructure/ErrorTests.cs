using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Infrastructure;

/// <summary>The contract's table of errors, row by row, in Development and in Production alike.</summary>
public sealed partial class ErrorTests
{
    const int MiB = 1024 * 1024;
    const string Good = """{"role": "user", "content": "Hello"}""";

    /// <summary>What a client sends, and what it is told. The path may begin with ~, the user's own session.</summary>
    public sealed record Row(
        string Name,
        int Status,
        string Code,
        string Method,
        string Path,
        Func<HttpContent>? Body = null,
        params (string, string)[] Headers
    )
    {
        public override string ToString() => $"{Status} {Name}";
    }

    static readonly Row[] Rows =
    [
        .. Bodies(
            400,
            "malformed_request",
            ("not JSON", "{"),
            ("empty", ""),
            ("blank", " \n"),
            ("null", "null"),
            ("an array", "[]"),
            ("a string", "\"x\""),
            ("two documents", "{} {}"),
            ("a comment", """{"role": "user", /* why */ "content": "x"}"""),
            ("a trailing comma", """{"role": "user", "content": "x",}"""),
            ("single quotes", "{'role': 'user', 'content': 'x'}"),
            ("NaN", """{"role": "user", "content": "x", "metadata": {"n": NaN}}"""),
            ("leading zero", """{"role": "user", "content": "x", "metadata": {"n": 01}}"""),
            ("a control character", "{\"role\": \"user\", \"content\": \"a\nb\"}"),
            ("a number for text", """{"role": "user", "content": 1}"""),
            ("text for an object", """{"role": "user", "content": "x", "metadata": "{}"}"""),
            ("an array for an object", """{"role": "user", "content": "x", "metadata": []}"""),
            ("a duplicate member", """{"role": "user", "content": "x", "content": "y"}"""),
            ("an escaped duplicate", """{"role": "user", "content": "x", "c\u006fntent": "y"}"""),
            ("a duplicate in metadata", """{"role": "user", "content": "x", "metadata": {"a": {"b": 1, "b": 2}}}"""),
            ("an unknown member", """{"role": "user", "content": "x", "colour": "red"}"""),
            ("a member in other case", """{"role": "user", "Content": "x"}"""),
            ("an id", """{"role": "user", "content": "x", "id": 1}"""),
            ("a user_id", """{"role": "user", "content": "x", "user_id": 1}"""),
            ("a revision", """{"role": "user", "content": "x", "revision": 1}"""),
            ("a prototype", """{"role": "user", "content": "x", "__proto__": {}}"""),
            ("too deep", Nested(64)),
            ("far too deep", Nested(100_000)),
            ("a lone high surrogate", """{"role": "user", "content": "\ud83d"}"""),
            ("a lone low surrogate", """{"role": "user", "content": "x\ude00"}"""),
            ("surrogates reversed", """{"role": "user", "content": "\ude00\ud83d"}"""),
            ("a lone surrogate in metadata", """{"role": "user", "content": "x", "metadata": {"a": ["\ud83d"]}}"""),
            ("a lone surrogate in a name", """{"role": "user", "content": "x", "metadata": {"\ud83d": 1}}""")
        ),
        Post(
            "invalid UTF-8",
            400,
            "malformed_request",
            Bytes([.. "{\"role\": \"user\", \"content\": \""u8, 0xff, .. "\"}"u8])
        ),
        Post(
            "overlong UTF-8",
            400,
            "malformed_request",
            Bytes([.. "{\"role\": \"user\", \"content\": \""u8, 0xc0, 0x80, .. "\"}"u8])
        ),
        Post("damaged gzip", 400, "malformed_request", Encoded("gzip", [1, 2, 3])),
        Post("truncated gzip", 400, "malformed_request", Encoded("gzip", GZip(Good)[..20])),
        Post("no UUID for a key", 400, "malformed_request", Json(Good), ("Idempotency-Key", "1")),
        Post("a key in braces", 400, "malformed_request", Json(Good), ("Idempotency-Key", $"{{{Guid.Empty}}}")),
        Post("an empty key", 400, "malformed_request", Json(Good), ("Idempotency-Key", "\"\"")),
        Post(
            "two keys",
            400,
            "malformed_request",
            Json(Good),
            ("Idempotency-Key", $"{Guid.Empty}"),
            ("Idempotency-Key", $"{Guid.Empty}")
        ),
        Post("a bad If-Match", 400, "malformed_request", Json(Good), ("If-Match", "3")),
        Post("an If-Match that is no version", 400, "malformed_request", Json(Good), ("If-Match", "\"abc\"")),
        .. Paths(
            "GET",
            400,
            "malformed_request",
            "~?limit=0",
            "~?limit=1001",
            "~?limit=-1",
            "~?limit=x",
            "~?limit=1.5"
        ),
        .. Paths(
            "GET",
            400,
            "malformed_request",
            "~?limit=",
            "~?limit=+1",
            "~?limit=1&limit=2",
            "~?limit=99999999999999999999"
        ),
        .. Paths("GET", 404, "not_found", "/v1/sessions/9007199254740991", "/v1/sessions/-1", "/v1/sessions/0"),
        .. Paths("GET", 404, "not_found", "/v1/sessions/01", "/v1/sessions/99999999999999999999", "/v1/sessions/1.0"),
        .. Paths("GET", 404, "not_found", "/v1/sessions/9007199254740992", "/v1/sessions/9223372036854775808"),
        .. Paths(
            "GET",
            404,
            "not_found",
            "/v1/sessions/1%2F2",
            "/v1/sessions/%20",
            "/v1/sessions/1%20",
            "/v1/sessions/%2B1"
        ),
        .. Paths(
            "GET",
            404,
            "not_found",
            "/v1/sessions/%D9%A1",
            "/v1/sessions/abc",
            "/v1/sessions/1%3Bselect",
            "/nope"
        ),
        .. Paths("GET", 404, "not_found", "~/nope", "/v1", "/v2/sessions", "/V1/nope", "/v1/sessions/1e3"),
        .. Paths("GET", 404, "not_found", "/openapi/v2.json"),
        .. Paths("POST", 404, "not_found", "/v1/sessions/9007199254740991/messages", "/v1/sessions/0/messages"),
        .. Paths("PUT", 405, "method_not_allowed", "/v1/sessions", "~/messages", "/health/live"),
        .. Paths("TRACE", 405, "method_not_allowed", "/v1/sessions", "~"),
        .. Paths("BREW", 405, "method_not_allowed", "~"),
        Post("too large", 413, "payload_too_large", Json(new string(' ', 8 * MiB + 1)), ("Expect", "100-continue")),
        Post("too large in chunks", 413, "payload_too_large", () => new Chunks(8 * MiB + 64 * 1024)),
        Post("a gzip bomb", 413, "payload_too_large", () => Encoded("gzip", Bomb.GZip)()),
        Post("a brotli bomb", 413, "payload_too_large", () => Encoded("br", Bomb.Brotli)()),
        Post("plain text", 415, "unsupported_media_type", () => new StringContent(Good, Encoding.UTF8, "text/plain")),
        Post("a form", 415, "unsupported_media_type", () => new FormUrlEncodedContent([])),
        Post("no media type", 415, "unsupported_media_type", () => new ByteArrayContent(Encoding.UTF8.GetBytes(Good))),
        Post("a broken media type", 415, "unsupported_media_type", Typed("json")),
        Post(
            "UTF-16",
            415,
            "unsupported_media_type",
            () => new StringContent(Good, Encoding.Unicode, "application/json")
        ),
        Post("a patch to POST", 415, "unsupported_media_type", Typed("application/merge-patch+json")),
        Post("an unknown encoding", 415, "unsupported_media_type", Encoded("zstd", [1])),
        Post("two encodings", 415, "unsupported_media_type", Encoded("gzip, gzip", GZip(Good))),
        .. Bodies(
            422,
            "validation_failed",
            ("nothing", "{}"),
            ("an empty text", """{"role": "user", "content": ""}"""),
            ("null for text", """{"role": "user", "content": null}"""),
            ("NUL in text", """{"role": "user", "content": "\u0000"}"""),
            ("NUL in a name", """{"role": "user", "content": "x", "metadata": {"\u0000": 1}}"""),
            ("an infinite number", """{"role": "user", "content": "x", "metadata": {"n": 1e131071}}"""),
            ("a vanishing number", """{"role": "user", "content": "x", "metadata": {"n": 1e-400}}"""),
            ("too much text", $$"""{"role": "user", "content": "{{new string('x', MiB + 1)}}"}"""),
            (
                "too much metadata",
                $$$"""{"role": "user", "content": "x", "metadata": {"a": "{{{new string('x', 65536)}}}"}}"""
            )
        ),
    ];

    readonly Actor user = Actor.New();

    [TestCaseSource(nameof(Rows))]
    public async Task Each_row_is_answered_as_the_contract_says_wherever_it_runs(Row row)
    {
        var session = await user.SessionPath();

        var development = await SendAsync(user, row, session);
        var production = await SendAsync(user.At(OutsideDevelopment.Production), row, session);

        AssertProblem(development, row.Status, row.Code);
        Assert.That(production.Status, Is.EqualTo(row.Status));
        Assert.That(production.WithoutTrace, Is.EqualTo(development.WithoutTrace));
        Assert.That(Names(production), Is.EqualTo(Names(development)));
        if (row.Status == 405)
            Assert.That(development.Headers, Contains.Key("Allow"));
        if (row.Status == 422)
            Assert.That(development.Fields, Is.Not.Empty);
        Assert.That(await RevisionAsync(session), Is.EqualTo(1));
    }

    [Test]
    public async Task Sixty_four_levels_are_deep_enough_for_anyone()
    {
        var session = await user.SessionPath();

        var answer = await user.Post($"{session}/messages", Nested(63));

        Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
    }

    [Test]
    public async Task A_body_of_eight_mebibytes_is_read()
    {
        var session = await user.SessionPath();
        var body = Good + new string(' ', 8 * MiB - Good.Length);

        var plain = await user.Post($"{session}/messages", body);
        var zipped = await user.Post($"{session}/messages", Encoded("gzip", GZip(body))());

        Assert.That((plain.Status, zipped.Status), Is.EqualTo((201, 201)), plain.Text + zipped.Text);
    }

    [Test]
    public async Task Every_broken_field_is_named_at_once()
    {
        var session = await user.SessionPath();

        var answer = await user.Post($"{session}/messages", """{"role": "x", "content": "", "message_type": ""}""");

        Assert.That(answer.Fields, Is.EquivalentTo(new[] { "role", "content", "message_type" }));
    }

    [Test]
    public async Task A_key_used_for_something_else_is_refused()
    {
        var session = await user.SessionPath();
        var key = ("Idempotency-Key", $"{Guid.NewGuid()}");
        await user.Post($"{session}/messages", new { role = "user", content = "One" }, key);

        var answer = await user.Post($"{session}/messages", new { role = "user", content = "Two" }, key);

        AssertProblem(answer, 422, "idempotency_key_reused");
    }

    [Test]
    public async Task A_request_without_a_token_is_refused()
    {
        using var response = await Service.Main.Http.GetAsync("/v1/sessions/1");

        var answer = await Answer.ReadAsync(response);

        AssertProblem(answer, 401, "unauthorized");
        Assert.That(answer.Headers["WWW-Authenticate"], Is.EqualTo("Bearer"));
    }

    [Test]
    public async Task Whoever_asks_too_often_is_told_when_to_come_back_and_nobody_else_is()
    {
        var eager = OutsideDevelopment.Token(user.UserId);
        var patient = OutsideDevelopment.Token(Actor.New().UserId);

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => AskRestrictedAsync(eager)));
        var other = await AskRestrictedAsync(patient);

        var refused = answers.Where(a => a.Status == 429).ToArray();
        // Twice the rate at once, and what a slow test lets grow back meanwhile.
        Assert.That(answers.Count(a => a.Status == 404), Is.InRange(10, 30));
        Assert.That(refused, Is.Not.Empty);
        AssertProblem(refused[0], 429, "rate_limited");
        Assert.That(int.Parse(refused[0].Headers["Retry-After"], CultureInfo.InvariantCulture), Is.InRange(1, 2));
        Assert.That(other.Status, Is.EqualTo(404));
    }

    [Test]
    public async Task A_bomb_is_not_unpacked()
    {
        // A service of its own, whose memory nobody else uses.
        await using var service = await Service.StartAsync(("DOTNET_gcServer", "0"));
        var actor = user.At(service);
        var session = await actor.SessionPath();
        await actor.Post($"{session}/messages", Encoded("gzip", GZip(Good + new string(' ', 7 * MiB)))());
        var before = PeakMemory(service);

        var answer = await actor.Post($"{session}/messages", Encoded("gzip", Bomb.GZip)());

        AssertProblem(answer, 413, "payload_too_large");
        Assert.That(PeakMemory(service) - before, Is.LessThan(50L * MiB));
    }

    [Test]
    public async Task With_the_database_away_it_lives_and_says_to_come_back()
    {
        await using var service = await Service.LaunchAsync(
            ("DATABASE_URL", "postgresql://nobody:canary-password@127.0.0.1:1/nowhere")
        );
        var actor = user.At(service);

        var ready = await actor.Get("/health/ready");
        var live = await actor.Get("/health/live");
        var read = await actor.Get("/v1/sessions/1");
        var write = await actor.Post("/v1/sessions", new { title = "A session" });

        Assert.That(live.Status, Is.EqualTo(200));
        foreach (var answer in new[] { ready, read, write })
        {
            AssertProblem(answer, 503, "unavailable");
            Assert.That(int.Parse(answer.Headers["Retry-After"], CultureInfo.InvariantCulture), Is.GreaterThan(0));
        }
        Assert.That(service.Output, Does.Not.Contain("canary-password"));
    }

    /// <summary>RFC 9457 and ours, and nothing about what is behind it.</summary>
    static void AssertProblem(Answer answer, int status, string code)
    {
        Assert.That(answer.Status, Is.EqualTo(status), answer.Text);
        Assert.That(answer.Headers["Content-Type"], Is.EqualTo("application/problem+json"));
        Assert.That(answer.Headers, Does.Not.ContainKey("Server"));
        Assert.That(answer.Code, Is.EqualTo(code), answer.Text);
        Assert.That(answer.Json.GetProperty("status").GetInt32(), Is.EqualTo(status));
        foreach (var member in new[] { "type", "title", "detail", "trace_id" })
            Assert.That(answer.Json.GetProperty(member).GetString(), Is.Not.Empty, member);
        Assert.That(
            answer.Json.EnumerateObject().Select(m => m.Name),
            Is.SubsetOf(new[] { "type", "title", "status", "detail", "code", "trace_id", "errors" })
        );
        Assert.That(Insides().Match(answer.Text).Value, Is.Empty);
    }

    [GeneratedRegex(
        @"Npgsql|Postgres|System\.|Microsoft|Exception|\bselect\b|\binsert\b|   at |\.cs\b",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Insides();

    static async Task<Answer> SendAsync(Actor actor, Row row, string session) =>
        await actor.Send(
            HttpMethod.Parse(row.Method),
            row.Path.Replace("~", session, StringComparison.Ordinal),
            row.Body?.Invoke(),
            row.Headers
        );

    static async Task<Answer> AskRestrictedAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/sessions/9007199254740991");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await OutsideDevelopment.Restricted.Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    async Task<long> RevisionAsync(string session) =>
        (await user.Get(session)).Json.GetProperty("session").GetProperty("revision").GetInt64();

    static IEnumerable<string> Names(Answer answer) => answer.Headers.Keys.Order();

    /// <summary>Kilobytes of the high-water mark, in bytes.</summary>
    static long PeakMemory(Service service) =>
        long.Parse(
            File.ReadLines($"/proc/{service.Process.Id}/status")
                .First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        ) * 1024;

    static Row Post(string name, int status, string code, Func<HttpContent> body, params (string, string)[] headers) =>
        new(name, status, code, "POST", "~/messages", body, headers);

    static IEnumerable<Row> Bodies(int status, string code, params (string Name, string Body)[] bodies) =>
        bodies.Select(b => Post(b.Name, status, code, Json(b.Body)));

    static IEnumerable<Row> Paths(string method, int status, string code, params string[] paths) =>
        paths.Select(path => new Row(
            $"{method} {path}",
            status,
            code,
            method,
            path,
            method == "POST" ? Json(Good) : null
        ));

    static Func<HttpContent> Json(string text) => () => new StringContent(text, Encoding.UTF8, "application/json");

    static Func<HttpContent> Bytes(byte[] bytes) => Encoded(null, bytes);

    static Func<HttpContent> Typed(string mediaType) =>
        () =>
        {
            var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Good));
            content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
            return content;
        };

    static Func<HttpContent> Encoded(string? encoding, byte[] bytes) =>
        () =>
        {
            var content = new ByteArrayContent(bytes);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            if (encoding is not null)
                content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
            return content;
        };

    /// <summary>A message whose metadata makes it one level deeper than <paramref name="levels"/>.</summary>
    static string Nested(int levels) =>
        $$"""{"role": "user", "content": "x", "metadata": {{Repeat("{\"a\":", levels - 1)}}{}{{Repeat("}", levels - 1)}}}""";

    static string Repeat(string text, int times) => new StringBuilder().Insert(0, text, times).ToString();

    static byte[] GZip(string text)
    {
        using var bytes = new MemoryStream();
        using (var zip = new GZipStream(bytes, CompressionLevel.Fastest))
            zip.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }

    /// <summary>200 MiB of blanks.</summary>
    static class Bomb
    {
        public static readonly byte[] GZip = Pack(bytes => new GZipStream(bytes, CompressionLevel.Fastest, true));
        public static readonly byte[] Brotli = Pack(bytes => new BrotliStream(bytes, CompressionLevel.Fastest, true));

        static byte[] Pack(Func<Stream, Stream> packer)
        {
            var blanks = new byte[MiB];
            blanks.AsSpan().Fill((byte)' ');
            using var bytes = new MemoryStream();
            using (var packed = packer(bytes))
                for (var i = 0; i < 200; i++)
                    packed.Write(blanks);
            return bytes.ToArray();
        }
    }

    /// <summary>A body that does not say how long it is.</summary>
    sealed class Chunks : HttpContent
    {
        readonly int length;

        public Chunks(int length)
        {
            this.length = length;
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            var blanks = new byte[64 * 1024];
            blanks.AsSpan().Fill((byte)' ');
            for (var sent = 0; sent < length; sent += blanks.Length)
                await stream.WriteAsync(blanks);
        }

        protected override bool TryComputeLength(out long size)
        {
            size = 0;
            return false;
        }
    }
}
