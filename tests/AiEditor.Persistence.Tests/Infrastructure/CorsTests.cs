using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Infrastructure;

public sealed class CorsTests
{
    const string Exposed = "ETag,Location,Session-Revision,Idempotency-Key,Idempotency-Replayed,Retry-After";

    [TestCase("https://evil.example")]
    [TestCase("null")]
    [TestCase("https://app.example.com.evil.example")]
    [TestCase("https://evilapp.example.com")]
    [TestCase("http://app.example.com")]
    [TestCase("https://app.example.com:8443")]
    [TestCase("http://localhost:5173")]
    [TestCase("*")]
    [TestCase("")]
    public async Task An_origin_that_nobody_named_gets_no_permission(string origin)
    {
        foreach (var service in new[] { OutsideDevelopment.Restricted, OutsideDevelopment.Production })
        {
            Assert.That(Permissions(await PreflightAsync(service, origin)), Is.Empty);
            Assert.That(Permissions(await AskAsync(service, origin)), Is.Empty);
        }
    }

    [TestCase("https://app.example.com")]
    [TestCase("https://other.example.com")]
    public async Task A_named_origin_may_ask_and_read_the_headers(string origin)
    {
        var preflight = await PreflightAsync(OutsideDevelopment.Restricted, origin);
        var answer = await AskAsync(OutsideDevelopment.Restricted, origin);

        Assert.That(preflight.Status, Is.EqualTo(204));
        Assert.That(preflight.Headers["Access-Control-Allow-Origin"], Is.EqualTo(origin));
        Assert.That(preflight.Headers["Access-Control-Allow-Methods"], Does.Contain("PATCH"));
        Assert.That(
            preflight.Headers["Access-Control-Allow-Headers"],
            Does.Contain("idempotency-key").And.Contain("authorization")
        );
        Assert.That(preflight.Headers, Does.Not.ContainKey("Access-Control-Allow-Credentials"));
        Assert.That(answer.Headers["Access-Control-Allow-Origin"], Is.EqualTo(origin));
        Assert.That(answer.Headers["Access-Control-Expose-Headers"], Is.EqualTo(Exposed));
        Assert.That(answer.Headers["Vary"], Is.EqualTo("Origin"));
    }

    [Test]
    public async Task A_refusal_may_be_read_too()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sessions");
        request.Headers.Add("Origin", OutsideDevelopment.Origin);
        request.Headers.ExpectContinue = true;
        request.Headers.Authorization = new("Bearer", OutsideDevelopment.Token(Actor.New().UserId));
        request.Content = new ByteArrayContent(new byte[9 * 1024 * 1024]);
        request.Content.Headers.ContentType = new("application/json");
        using var response = await OutsideDevelopment.Restricted.Http.SendAsync(request);
        var tooLarge = await Answer.ReadAsync(response);
        var unauthorized = await AskAsync(OutsideDevelopment.Restricted, OutsideDevelopment.Origin, "/v1/sessions/1");

        Assert.That((tooLarge.Status, unauthorized.Status), Is.EqualTo((413, 401)));
        Assert.That(tooLarge.Headers["Access-Control-Allow-Origin"], Is.EqualTo(OutsideDevelopment.Origin));
        Assert.That(unauthorized.Headers["Access-Control-Allow-Origin"], Is.EqualTo(OutsideDevelopment.Origin));
    }

    [TestCase("http://localhost:5173", true)]
    [TestCase("http://127.0.0.1:8080", true)]
    [TestCase("https://evil.example", false)]
    [TestCase("http://localhost.evil.example", false)]
    [TestCase("null", false)]
    public async Task In_development_the_developers_own_machine_may_ask(string origin, bool isAllowed)
    {
        var answer = await AskAsync(Service.Main, origin);

        Assert.That(Permissions(answer), isAllowed ? Is.Not.Empty : Is.Empty);
    }

    static IEnumerable<string> Permissions(Answer answer) =>
        answer.Headers.Keys.Where(h => h.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));

    static async Task<Answer> PreflightAsync(Service service, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/v1/sessions");
        request.Headers.TryAddWithoutValidation("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "PATCH");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,idempotency-key,content-type");
        using var response = await service.Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    static async Task<Answer> AskAsync(Service service, string origin, string path = "/health/live")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Origin", origin);
        using var response = await service.Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }
}
