using System.Text.Json;
using AiEditor.Persistence.Tests.Support;
using Npgsql;

namespace AiEditor.Persistence.Tests.Infrastructure;

public sealed class LogTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task A_first_start_has_nothing_to_warn_of()
    {
        var url = await TestCluster.CreateDatabaseAsync();

        await using var service = await Service.StartAsync(("DATABASE_URL", url), ("SWEEP_SECONDS", "1"));
        await Actor.New(service).SessionPath();

        Assert.That(service.Output, Does.Not.Contain("WRN").And.Not.Contain("ERR"));
    }

    [Test]
    public async Task No_content_token_or_secret_is_ever_logged()
    {
        var service = OutsideDevelopment.Production;
        var actor = user.At(service);
        var session = await actor.SessionPath("canary-title");
        var messages = $"{session}/messages";

        await actor.Post(
            messages,
            new
            {
                role = "user",
                content = "canary-content",
                metadata = new { a = "canary-metadata" },
            }
        );
        await actor.Post(messages, new { role = "canary-role", content = "" });
        await actor.Post(messages, """{"canary-member": 1}""");
        await actor.Post(messages, """{"content": "canary-broken""");
        await actor.Post(messages, """{"role": "user", "content": "canary-nul\u0000"}""");
        await actor.Post(messages, new { role = "user", content = "x" }, ("Idempotency-Key", "canary-key"));
        await actor.Get($"{session}?limit=canary-query");
        await actor.Get("/v1/sessions/canary-id");
        using (var request = new HttpRequestMessage(HttpMethod.Get, session))
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer canary.token.here");
            request.Headers.TryAddWithoutValidation("Cookie", "canary-cookie");
            using var refused = await service.Http.SendAsync(request);
        }
        var last = await actor.Get("/v1/sessions/0");
        await LineAsync(service, last);

        var password = new NpgsqlConnectionStringBuilder(TestCluster.Url).Password!;
        foreach (var secret in new[] { "canary", Actor.Token(user.UserId)[..36], Service.Secret, password })
            Assert.That(service.Output, Does.Not.Contain(secret));
    }

    [Test]
    public async Task Each_request_is_one_line_of_JSON_with_its_route_status_user_and_trace()
    {
        var actor = user.At(OutsideDevelopment.Production);

        var answer = await actor.Get("/v1/sessions/9007199254740991?limit=7");

        var line = await LineAsync(OutsideDevelopment.Production, answer);
        Assert.That(line.GetProperty("Route").GetString(), Is.EqualTo("/v1/sessions/{sessionId:id}"));
        Assert.That(line.GetProperty("RequestMethod").GetString(), Is.EqualTo("GET"));
        Assert.That(line.GetProperty("StatusCode").GetInt32(), Is.EqualTo(404));
        Assert.That(line.GetProperty("SessionId").GetInt64(), Is.EqualTo(9007199254740991));
        Assert.That(line.GetProperty("UserId").GetInt64(), Is.EqualTo(user.UserId));
        Assert.That(line.GetProperty("Elapsed").GetDouble(), Is.Positive);
        Assert.That(line.GetProperty("@t").GetDateTimeOffset(), Is.GreaterThan(DateTimeOffset.UtcNow.AddMinutes(-5)));
        Assert.That(line.TryGetProperty("@x", out _), Is.False);
    }

    [Test]
    public async Task Everything_that_is_printed_outside_development_is_JSON()
    {
        var answer = await user.At(OutsideDevelopment.Production).Get("/v1/sessions/0");
        await LineAsync(OutsideDevelopment.Production, answer);

        foreach (var line in OutsideDevelopment.Production.Output.Split('\n'))
            Assert.That(() => JsonDocument.Parse(line), Throws.Nothing, line);
    }

    [Test]
    public async Task Every_line_is_written_before_a_service_that_is_told_to_stop_ends()
    {
        await using var service = await Service.StartAsync(
            ("ASPNETCORE_ENVIRONMENT", "Production"),
            ("SHUTDOWN_DELAY", "0")
        );
        var actor = user.At(service);
        var traces = new List<string>();
        for (var i = 0; i < 50; i++)
            traces.Add((await actor.Get("/v1/sessions/0")).Json.GetProperty("trace_id").GetString()!);

        await service.StopAsync();

        var output = service.Output;
        Assert.That(traces.Where(trace => !output.Contains(trace, StringComparison.Ordinal)), Is.Empty);
    }

    /// <summary>The line of the request that was answered so.</summary>
    static async Task<JsonElement> LineAsync(Service service, Answer answer)
    {
        var trace = answer.Json.GetProperty("trace_id").GetString()!;
        await Until.TrueAsync(() => service.Output.Contains(trace, StringComparison.Ordinal), "the request is logged");
        var lines = service.Output.Split('\n').Where(l => l.Contains(trace, StringComparison.Ordinal)).ToArray();
        Assert.That(lines, Has.Length.EqualTo(1));
        return JsonDocument.Parse(lines[0]).RootElement;
    }
}
