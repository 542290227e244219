using System.Text;
using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Architecture;

/// <summary>
/// What belongs to another does not exist: whatever is asked about it, however the question is put, the answer is the
/// one for an id that never was. Every operation in the description is tried.
/// </summary>
public sealed class OwnershipTests
{
    static readonly Seed Nothing = new(
        9_007_199_254_740_001,
        9_007_199_254_740_002,
        9_007_199_254_740_003,
        9_007_199_254_740_004,
        Guid.Parse("00000000-0000-4000-8000-000000000000")
    );

    /// <summary>Ways to ask: what comes after the path, headers, and the body in place of the good one.</summary>
    static readonly (string Name, string Query, (string, string)[] Headers, Func<HttpContent>? Body)[] Ways =
    [
        ("properly", "", [], null),
        ("with every good query", "?permanent=true&on_conflict=merge&limit=1&since=0", [], null),
        ("with bad queries", "?limit=-1&limit=x&cursor=%00&since=99999999999999999999&permanent=maybe", [], null),
        ("with a bad key", "", [("Idempotency-Key", "no uuid")], null),
        ("with a bad If-Match", "", [("If-Match", "?"), ("If-None-Match", "*"), ("Last-Event-ID", "x")], null),
        ("with garbage", "", [], () => Content("{", "application/json")),
        ("with unknown members", "", [], () => Content("""{"user_id": 1, "role": 7}""", "application/json")),
        ("with another media type", "", [], () => Content("<x/>", "text/xml")),
        ("with a damaged gzip", "", [], () => Content("no gzip", "application/json", "gzip")),
        ("with an unknown encoding", "", [], () => Content("?", "application/json", "zstd")),
    ];

    readonly Actor owner = Actor.New();
    readonly Actor stranger = Actor.New();

    [Test]
    public async Task Another_users_things_are_answered_for_as_if_they_had_never_been()
    {
        await using var connection = await TestCluster.OpenAsync();
        var seed = await Seed.SessionAsync(connection, owner.UserId);
        var before = await seed.EverythingAsync(connection);
        var operations = (await Described.AllAsync()).Where(o => o.Parameters.Any()).ToArray();

        var leaks = new List<string>();
        foreach (var operation in operations)
        {
            var expected = await AskAsync(stranger, operation, Nothing, Ways[0]);
            foreach (var way in Ways.Where(w => w.Body is null || MayHaveBody(operation)))
            foreach (var things in new[] { seed, Nothing })
                if (Difference(expected, await AskAsync(stranger, operation, things, way)) is { } difference)
                    leaks.Add($"{operation.Id} {way.Name}: {difference}");
        }

        Assert.That(leaks, Is.Empty);
        Assert.That(operations.Where(o => o.IsBelowASession), Is.Not.Empty);
        Assert.That(await seed.EverythingAsync(connection), Is.EqualTo(before));
    }

    [Test]
    public async Task The_owners_key_opens_nothing_for_a_stranger()
    {
        await using var connection = await TestCluster.OpenAsync();
        var seed = await Seed.SessionAsync(connection, owner.UserId);

        var answer = await stranger.Post(
            $"/v1/sessions/{seed.SessionId}/messages",
            new { role = "user", content = "Seeded" },
            ("Idempotency-Key", $"{seed.Key}")
        );

        Assert.That((answer.Status, answer.Code), Is.EqualTo((404, "not_found")));
    }

    [Test]
    public async Task A_foreign_session_is_not_found_before_a_body_too_large_is_noticed()
    {
        await using var connection = await TestCluster.OpenAsync();
        var seed = await Seed.SessionAsync(connection, owner.UserId);
        using var content = Content(new string(' ', 9 * 1024 * 1024), "application/json");

        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/sessions/{seed.SessionId}/messages");
        request.Content = content;
        request.Headers.ExpectContinue = true;
        request.Headers.Authorization = new("Bearer", Actor.Token(stranger.UserId));
        using var response = await Service.Main.Http.SendAsync(request);

        Assert.That((int)response.StatusCode, Is.EqualTo(404));
    }

    [TestCase("trashed")]
    [TestCase("erased")]
    public async Task Ones_own_session_that_is_gone_is_answered_for_as_if_it_had_never_been(string how)
    {
        await using var connection = await TestCluster.OpenAsync();
        var seed = await Seed.SessionAsync(connection, owner.UserId);
        // Looked at before, so that the service remembers whose it is.
        Assert.That((await owner.Get($"/v1/sessions/{seed.SessionId}")).Status, Is.EqualTo(200));
        var gone = await owner.Delete($"/v1/sessions/{seed.SessionId}{(how == "erased" ? "?permanent=true" : "")}");
        Assert.That(gone.Status, Is.EqualTo(204));
        var before = await seed.EverythingAsync(connection);

        var leaks = new List<string>();
        foreach (
            var operation in (await Described.AllAsync()).Where(o =>
                o.IsBelowASession && (how == "erased" || o.Id != "RestoreSession")
            )
        )
        {
            var expected = await AskAsync(owner, operation, Nothing, Ways[0]);
            foreach (
                var way in Ways.Where(w =>
                    (w.Body is null || MayHaveBody(operation))
                    && (how == "erased" || operation.Id != "DeleteSession" || w.Name != "with every good query")
                )
            )
                if (Difference(expected, await AskAsync(owner, operation, seed, way)) is { } difference)
                    leaks.Add($"{operation.Id} {way.Name}: {difference}");
        }

        Assert.That(leaks, Is.Empty);
        Assert.That(await seed.EverythingAsync(connection), Is.EqualTo(before));
    }

    [Test]
    public async Task A_session_in_the_trash_is_there_for_whoever_restores_or_erases_it()
    {
        var session = await owner.SessionPath();
        var key = ("Idempotency-Key", $"{Guid.NewGuid()}");
        await owner.Post("/v1/sessions", new { title = "Another" }, key);
        await owner.Trash(session);

        var badly = await owner.Post($"{session}/restore", null, ("Idempotency-Key", "no uuid"));
        var reused = await owner.Delete($"{session}?permanent=true", key);
        var restored = await owner.Post($"{session}/restore");

        Assert.That((badly.Status, badly.Code), Is.EqualTo((400, "malformed_request")));
        Assert.That((reused.Status, reused.Code), Is.EqualTo((422, "idempotency_key_reused")));
        Assert.That(restored.Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Ones_own_item_is_not_found_in_ones_other_session()
    {
        await using var connection = await TestCluster.OpenAsync();
        var seed = await Seed.SessionAsync(connection, owner.UserId);
        var other = await Seed.SessionAsync(connection, owner.UserId);
        var before = await seed.EverythingAsync(connection) + await other.EverythingAsync(connection);
        var mixed = seed with { SessionId = other.SessionId };
        var never = Nothing with { SessionId = other.SessionId };

        var leaks = new List<string>();
        foreach (
            var operation in (await Described.AllAsync()).Where(o =>
                o.IsBelowASession && o.Parameters.Count() > 1 && !Example.All[o.Id].MakesWhatItNames
            )
        )
            if (
                Difference(
                    await AskAsync(owner, operation, never, Ways[0]),
                    await AskAsync(owner, operation, mixed, Ways[0])
                ) is
                { } difference
            )
                leaks.Add($"{operation.Id}: {difference}");

        Assert.That(leaks, Is.Empty);
        Assert.That(
            await seed.EverythingAsync(connection) + await other.EverythingAsync(connection),
            Is.EqualTo(before)
        );
    }

    [Test]
    public async Task Nothing_is_answered_without_a_token()
    {
        await using var connection = await TestCluster.OpenAsync();
        var seed = await Seed.SessionAsync(connection, owner.UserId);
        var before = await seed.EverythingAsync(connection);

        using (Assert.EnterMultipleScope())
            foreach (var operation in await Described.AllAsync())
            {
                using var request = new HttpRequestMessage(operation.HttpMethod, seed.Fill(operation.Path));
                request.Content = Body(operation);
                using var response = await Service.Main.Http.SendAsync(request);
                var answer = await Answer.ReadAsync(response);

                var isOpen = operation.Path.StartsWith("/health/", StringComparison.Ordinal);
                Assert.That(operation.NeedsToken, Is.Not.EqualTo(isOpen), operation.Id);
                Assert.That(answer.Status, Is.EqualTo(isOpen ? 200 : 401), operation.Id);
                if (isOpen)
                    continue;
                Assert.That(answer.Code, Is.EqualTo("unauthorized"), operation.Id);
                Assert.That(answer.Headers["WWW-Authenticate"], Is.EqualTo("Bearer"), operation.Id);
            }

        Assert.That(await seed.EverythingAsync(connection), Is.EqualTo(before));
    }

    [TestCase(404, "not_found", "There is none.", "Allow", null)]
    [TestCase(403, "not_found", "There is none.", "Allow", "status")]
    [TestCase(404, "forbidden", "There is none.", "Allow", "body")]
    [TestCase(404, "not_found", "It is not yours.", "Allow", "body")]
    [TestCase(404, "not_found", "There is none.", "Session-Revision", "headers")]
    public void A_leak_is_seen(int status, string code, string detail, string header, string? difference)
    {
        var never = Planted(404, "not_found", "There is none.", "Allow", "aaaa");

        var found = Difference(never, Planted(status, code, detail, header, "bbbb"));

        Assert.That(found, difference is null ? Is.Null : Does.Contain(difference));
    }

    static Answer Planted(int status, string code, string detail, string header, string traceId) =>
        new(
            status,
            new Dictionary<string, string> { [header] = "x", ["Date"] = traceId },
            $$"""{"status": {{status}}, "code": "{{code}}", "detail": "{{detail}}", "trace_id": "{{traceId}}"}"""
        );

    /// <summary>What tells the answers apart, apart from the moment and the trace; null when nothing does.</summary>
    static string? Difference(Answer never, Answer foreign)
    {
        if (never.Status != 404 || foreign.Status != 404)
            return $"status {foreign.Status} for what is there, {never.Status} for what never was";
        if (foreign.WithoutTrace != never.WithoutTrace)
            return $"body {foreign.Text} is not {never.Text}";
        return Headers(foreign) == Headers(never) ? null : $"headers {Headers(foreign)} are not {Headers(never)}";

        static string Headers(Answer answer) =>
            string.Join(", ", answer.Headers.Where(h => h.Key != "Date").Select(h => $"{h.Key}={h.Value}").Order());
    }

    static async Task<Answer> AskAsync(
        Actor actor,
        Described operation,
        Seed things,
        (string Name, string Query, (string, string)[] Headers, Func<HttpContent>? Body) way
    )
    {
        var path = things.Fill(operation.Path);
        Assert.That(path, Does.Not.Contain("{"), $"Seed.Fill does not know what to put into {operation.Path}");
        return await actor.Send(
            operation.HttpMethod,
            path + way.Query,
            way.Body?.Invoke() ?? Body(operation),
            way.Headers
        );
    }

    static StringContent? Body(Described operation)
    {
        Assert.That(Example.All, Contains.Key(operation.Id), "Example.All needs a row for it");
        return Example.All[operation.Id].Body is { } body ? Content(body, "application/json") : null;
    }

    static bool MayHaveBody(Described operation) => operation.Method is "POST" or "PUT" or "PATCH";

    static StringContent Content(string text, string mediaType, string? encoding = null)
    {
        var content = new StringContent(text, Encoding.UTF8, mediaType);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return content;
    }
}
