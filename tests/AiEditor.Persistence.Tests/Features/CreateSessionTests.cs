using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class CreateSessionTests
{
    const int MiB = 1024 * 1024;

    readonly Actor user = Actor.New();

    [Test]
    public async Task A_session_begins_active_at_revision_1_under_its_key()
    {
        var key = Guid.NewGuid().ToString();

        var answer = await user.Post("/v1/sessions", new { title = " First 😀 " }, ("Idempotency-Key", key));

        Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
        var session = answer.Json;
        Assert.That(session.GetProperty("title").GetString(), Is.EqualTo(" First 😀 "));
        Assert.That(session.GetProperty("description").GetRawText(), Is.EqualTo("null"));
        Assert.That(session.GetProperty("is_active").GetBoolean(), Is.True);
        Assert.That(session.GetProperty("user_id").GetInt64(), Is.EqualTo(user.UserId));
        Assert.That(session.GetProperty("client_id").GetString(), Is.EqualTo(key));
        Assert.That((session.GetProperty("revision").GetInt64(), answer.Revision), Is.EqualTo((1, 1)));
        Assert.That(session.GetProperty("created_at").GetString(), Does.EndWith("Z"));
        Assert.That(
            session.GetProperty("updated_at").GetString(),
            Is.EqualTo(session.GetProperty("created_at").GetString())
        );
        Assert.That(answer.Headers["Location"], Is.EqualTo($"/v1/sessions/{session.GetProperty("id")}"));
        Assert.That(answer.Headers["Idempotency-Key"], Is.EqualTo(key));
        Assert.That(answer.Replayed, Is.False);
        Assert.That(
            session.EnumerateObject().Select(m => m.Name),
            Is.EquivalentTo([
                "id",
                "client_id",
                "user_id",
                "title",
                "description",
                "is_active",
                "revision",
                "created_at",
                "updated_at",
            ])
        );
    }

    [Test]
    public async Task Without_a_key_the_server_makes_one_that_finds_the_receipt()
    {
        var answer = await user.Post("/v1/sessions", new { title = "Keyless" });

        var receipt = await user.Get($"/v1/operations/{answer.Headers["Idempotency-Key"]}");
        Assert.That(
            receipt.Json.GetProperty("session_id").GetInt64(),
            Is.EqualTo(answer.Json.GetProperty("id").GetInt64())
        );
    }

    [TestCase("x", 255, 201)]
    [TestCase("x", 256, 422)]
    [TestCase("😀", 255, 201)]
    [TestCase("😀", 256, 422)]
    public async Task A_title_has_at_most_255_code_points(string character, int times, int status)
    {
        var title = string.Concat(Enumerable.Repeat(character, times));

        var answer = await user.Post("/v1/sessions", new { title });

        Assert.That(answer.Status, Is.EqualTo(status), answer.Text);
        if (status == 201)
            Assert.That(answer.Json.GetProperty("title").GetString(), Is.EqualTo(title));
        else
            Assert.That(answer.Fields, Is.EqualTo(new[] { "title" }));
    }

    [TestCase("é", 4096, 201)]
    [TestCase("é", 4097, 422)]
    [TestCase("x", 8192, 201)]
    [TestCase("x", 8193, 422)]
    public async Task A_description_has_at_most_8_KiB_of_UTF8(string character, int times, int status)
    {
        var description = string.Concat(Enumerable.Repeat(character, times));

        var answer = await user.Post("/v1/sessions", new { title = "Described", description });

        Assert.That(answer.Status, Is.EqualTo(status), answer.Text);
        Assert.That(answer.Fields, Is.EqualTo(status == 201 ? [] : new[] { "description" }));
    }

    [TestCase("""{}""")]
    [TestCase("""{"title": null}""")]
    [TestCase("""{"title": ""}""")]
    [TestCase("""{"title": " \t\n\u00a0\u3000"}""")]
    [TestCase("""{"title": "a\u0000b"}""")]
    public async Task A_title_that_is_missing_blank_or_unstorable_is_422(string body)
    {
        var answer = await user.Post("/v1/sessions", body);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((422, "validation_failed")), answer.Text);
        Assert.That(answer.Fields, Is.EqualTo(new[] { "title" }));
    }

    [Test]
    public async Task All_broken_fields_are_named_at_once()
    {
        var answer = await user.Post(
            "/v1/sessions",
            $$"""{"title": "", "description": "{{new string('x', 9000)}}\u0000"}"""
        );

        Assert.That(answer.Fields, Is.EquivalentTo(["title", "description"]));
    }

    [TestCase("")]
    [TestCase("not json")]
    [TestCase("""{"title": "x"} {}""")]
    [TestCase("""{"title": "x",}""")]
    [TestCase("""[{"title": "x"}]""")]
    [TestCase("""null""")]
    [TestCase("""{"title": 5}""")]
    [TestCase("""{"title": ["x"]}""")]
    [TestCase("""{"title": "x", "is_active": false}""")]
    [TestCase("""{"title": "x", "Description": "x"}""")]
    [TestCase("""{"title": "x", "user_id": 1}""")]
    [TestCase("""{"title": "x", "title": "x"}""")]
    [TestCase("""{"title": "x", "titl\u0065": "y"}""")]
    [TestCase("""{"title": "\ud800"}""")]
    [TestCase("""{"title": "x", "description": "\udc00\ud800"}""")]
    public async Task What_the_contract_cannot_read_is_400(string body)
    {
        var answer = await user.Post("/v1/sessions", body);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
        Assert.That(await TitlesAsync(), Is.Empty);
    }

    [Test]
    public async Task Bytes_that_are_no_UTF8_are_400()
    {
        using var content = Json([.. "{\"title\": \""u8, 0xC3, 0x28, .. "\"}"u8]);

        var answer = await user.Post("/v1/sessions", content);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
    }

    [TestCase("{\"title\": \"a\",\n \"title\": \"b\"}", "The body is not strict JSON: no duplicate members")]
    [TestCase("{\"title\":\n x}", "The body is not strict JSON (line 2, byte 2): no duplicate members")]
    public async Task What_is_no_strict_JSON_is_told_with_its_place_where_that_is_known(string body, string detail)
    {
        var refused = await user.Post("/v1/sessions", body);

        Assert.That((refused.Status, refused.Code), Is.EqualTo((400, "malformed_request")), refused.Text);
        Assert.That(refused.Json.GetProperty("detail").GetString(), Does.StartWith(detail));
    }

    [Test]
    public async Task Sixty_four_levels_are_read_and_sixty_five_are_not()
    {
        var read = await user.Post("/v1/sessions", Nested(64));
        var refused = await user.Post("/v1/sessions", Nested(65));

        // Read far enough to see that a title is no array.
        Assert.That((read.Status, read.Fields), Is.EqualTo((400, new[] { "title" })), read.Text);
        Assert.That((refused.Status, refused.Code), Is.EqualTo((400, "malformed_request")));
        Assert.That(refused.Json.GetProperty("detail").GetString(), Does.Contain("64 levels"));

        static string Nested(int levels) =>
            $$"""{"title": {{new string('[', levels - 1)}}{{new string(']', levels - 1)}}}""";
    }

    [TestCase("text/plain")]
    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("application/merge-patch+json")]
    [TestCase("application/json; charset=iso-8859-1")]
    [TestCase(null)]
    public async Task A_body_of_another_media_type_is_415(string? mediaType)
    {
        using var content = new ByteArrayContent("""{"title": "x"}"""u8.ToArray());
        content.Headers.ContentType = mediaType is null ? null : MediaTypeHeaderValue.Parse(mediaType);

        var answer = await user.Post("/v1/sessions", content);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((415, "unsupported_media_type")), answer.Text);
    }

    [Test]
    public async Task A_content_encoding_that_nobody_knows_is_415()
    {
        using var content = Json("""{"title": "x"}"""u8.ToArray());
        content.Headers.ContentEncoding.Add("zstd");

        Assert.That((await user.Post("/v1/sessions", content)).Status, Is.EqualTo(415));
    }

    [Test]
    public async Task A_body_of_8_MiB_is_read_and_one_byte_more_is_413()
    {
        using var largest = Json(OfSize(8 * MiB));
        using var tooLarge = Json(OfSize(8 * MiB + 1));

        var read = await user.Post("/v1/sessions", largest);
        var refused = await user.Post("/v1/sessions", tooLarge, ("Expect", "100-continue"));

        Assert.That((read.Status, read.Code), Is.EqualTo((422, "validation_failed")));
        Assert.That((refused.Status, refused.Code), Is.EqualTo((413, "payload_too_large")));
    }

    [TestCase("gzip")]
    [TestCase("br")]
    public async Task A_compressed_body_counts_after_decompression(string encoding)
    {
        using var good = Compressed(encoding, """{"title": "Small"}"""u8.ToArray());
        using var bomb = Compressed(encoding, OfSize(8 * MiB + 1));

        var saved = await user.Post("/v1/sessions", good);
        var refused = await user.Post("/v1/sessions", bomb);

        Assert.That(saved.Status, Is.EqualTo(201), saved.Text);
        Assert.That((refused.Status, refused.Code), Is.EqualTo((413, "payload_too_large")), refused.Text);
    }

    [Test]
    public async Task A_damaged_compressed_body_is_400()
    {
        using var content = Json([1, 2, 3, 4]);
        content.Headers.ContentEncoding.Add("gzip");

        Assert.That((await user.Post("/v1/sessions", content)).Code, Is.EqualTo("malformed_request"));
    }

    [TestCase("1")]
    [TestCase("")]
    [TestCase("6f9619ff8b864011b42d00c04fc964ff")]
    [TestCase("{6f9619ff-8b86-4011-b42d-00c04fc964ff}")]
    [TestCase("6f9619ff-8b86-4011-b42d-00c04fc964ff, 6f9619ff-8b86-4011-b42d-00c04fc964ff")]
    public async Task A_key_that_is_no_UUID_is_400(string key)
    {
        var answer = await user.Post("/v1/sessions", new { title = "x" }, ("Idempotency-Key", key));

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")), answer.Text);
        Assert.That(await TitlesAsync(), Is.Empty);
    }

    [Test]
    public async Task The_same_content_spelled_differently_is_a_replay()
    {
        var key = Guid.NewGuid().ToString();
        var first = await user.Post(
            "/v1/sessions",
            """{"title": "Café 😀", "description": "a/b"}""",
            ("Idempotency-Key", key)
        );

        var again = await user.Post(
            "/v1/sessions",
            """{ "description" : "\u0061\/b", "t\u0069tle" : "Caf\u00e9 \ud83d\ude00" }""",
            ("Idempotency-Key", key.ToUpperInvariant())
        );

        Assert.That(
            (again.Status, again.Text, again.Revision, again.Headers["Location"], again.Replayed),
            Is.EqualTo((201, first.Text, 1, first.Headers["Location"], true))
        );
        Assert.That(await TitlesAsync(), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task A_replay_shows_the_session_as_it_is_now_and_the_first_revision()
    {
        var key = Guid.NewGuid().ToString();
        var first = await user.Post("/v1/sessions", new { title = "Then" }, ("Idempotency-Key", key));
        await user.Patch(first.Headers["Location"], new { title = "Now" });

        var again = await user.Post("/v1/sessions", new { title = "Then" }, ("Idempotency-Key", key));

        Assert.That((again.Status, again.Revision, again.Replayed), Is.EqualTo((201, 1, true)));
        Assert.That(again.Json.GetProperty("title").GetString(), Is.EqualTo("Now"));
        Assert.That(again.Json.GetProperty("revision").GetInt64(), Is.EqualTo(2));
    }

    [TestCase("""{"title": "Other"}""")]
    [TestCase("""{"title": "One", "description": null}""")]
    public async Task A_key_with_other_content_is_422_and_does_nothing(string body)
    {
        var key = Guid.NewGuid().ToString();
        await user.Post("/v1/sessions", """{"title": "One"}""", ("Idempotency-Key", key));

        var answer = await user.Post("/v1/sessions", body, ("Idempotency-Key", key));

        Assert.That((answer.Status, answer.Code), Is.EqualTo((422, "idempotency_key_reused")), answer.Text);
        Assert.That(await TitlesAsync(), Is.EqualTo(new[] { "One" }));
    }

    [Test]
    public async Task A_refusal_leaves_the_key_free()
    {
        var key = Guid.NewGuid().ToString();
        await user.Post("/v1/sessions", new { title = "" }, ("Idempotency-Key", key));

        var answer = await user.Post("/v1/sessions", new { title = "Better" }, ("Idempotency-Key", key));

        Assert.That((answer.Status, answer.Replayed), Is.EqualTo((201, false)), answer.Text);
    }

    [Test]
    public async Task Two_users_may_use_the_same_key()
    {
        var key = Guid.NewGuid().ToString();
        var other = Actor.New();

        var answers = await Task.WhenAll(
            user.Post("/v1/sessions", new { title = "Mine" }, ("Idempotency-Key", key)),
            other.Post("/v1/sessions", new { title = "Theirs" }, ("Idempotency-Key", key))
        );

        Assert.That(answers.Select(a => (a.Status, a.Replayed)), Is.All.EqualTo((201, false)));
        Assert.That(answers.Select(a => a.Headers["Location"]).Distinct().Count(), Is.EqualTo(2));
    }

    [Test]
    public async Task Thirty_identical_requests_under_one_key_make_one_session()
    {
        var key = Guid.NewGuid().ToString();

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 30)
                .Select(_ => user.Post("/v1/sessions", new { title = "Once" }, ("Idempotency-Key", key)))
        );

        Assert.That(answers.Select(a => (a.Status, a.Text, a.Revision)).Distinct().Count(), Is.EqualTo(1));
        Assert.That(answers.Count(a => !a.Replayed), Is.EqualTo(1));
        Assert.That(await TitlesAsync(), Has.Length.EqualTo(1));
    }

    async Task<string?[]> TitlesAsync() =>
        [
            .. (await user.Get("/v1/sessions"))
                .Json.GetProperty("items")
                .EnumerateArray()
                .Select(s => s.GetProperty("title").GetString()),
        ];

    /// <summary>A well-formed body of exactly so many bytes.</summary>
    static byte[] OfSize(int bytes) =>
        Encoding.ASCII.GetBytes($$"""{"title": "{{new string('x', bytes - """{"title": ""}""".Length)}}"}""");

    static ByteArrayContent Json(byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    static ByteArrayContent Compressed(string encoding, byte[] bytes)
    {
        var compressed = new MemoryStream();
        using (
            Stream stream =
                encoding == "gzip"
                    ? new GZipStream(compressed, CompressionLevel.Fastest)
                    : new BrotliStream(compressed, CompressionLevel.Fastest)
        )
            stream.Write(bytes);
        var content = Json(compressed.ToArray());
        content.Headers.ContentEncoding.Add(encoding);
        return content;
    }

    [Test]
    public async Task A_long_name_over_many_places_costs_no_more_than_its_bytes()
    {
        var hostile = $"{{\"{new string('n', 1024 * 1024)}\": [{string.Join(',', Enumerable.Repeat("0", 10_000))}]}}";
        var start = System.Diagnostics.Stopwatch.GetTimestamp();

        var answer = await user.Post("/v1/sessions", hostile);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "malformed_request")));
        Assert.That(answer.Text, Has.Length.LessThan(2000));
        Assert.That(System.Diagnostics.Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(3)));
    }
}
