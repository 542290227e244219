using System.Net.Http.Headers;
using System.Text;
using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class DevTokenTests
{
    [TestCase(1)]
    [TestCase(9007199254740991)]
    public async Task A_token_lets_its_user_in(long userId)
    {
        var given = await AskAsync(Service.Main, $$"""{"user_id": {{userId}}}""");
        Assert.That(given.Status, Is.EqualTo(200), given.Text);

        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sessions");
        request.Content = new StringContent("""{"title": "x"}""", Encoding.UTF8, "application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            given.Json.GetProperty("token").GetString()
        );
        using var response = await Service.Main.Http.SendAsync(request);
        var saved = await Answer.ReadAsync(response);

        Assert.That(saved.Status, Is.EqualTo(201), saved.Text);
        Assert.That(saved.Json.GetProperty("user_id").GetInt64(), Is.EqualTo(userId));
    }

    [TestCase("""{}""", 422)]
    [TestCase("""{"user_id": null}""", 422)]
    [TestCase("""{"user_id": 0}""", 422)]
    [TestCase("""{"user_id": -1}""", 422)]
    [TestCase("""{"user_id": 9007199254740992}""", 422)]
    [TestCase("""{"user_id": "1"}""", 400)]
    [TestCase("""{"user_id": 1.5}""", 400)]
    [TestCase("""{"user_id": 99999999999999999999}""", 400)]
    [TestCase("""{"user_id": 1, "role": "admin"}""", 400)]
    [TestCase("""not json""", 400)]
    public async Task A_user_id_that_cannot_be_one_gets_no_token(string body, int status)
    {
        var answer = await AskAsync(Service.Main, body);

        Assert.That(answer.Status, Is.EqualTo(status), answer.Text);
        Assert.That(answer.Code, Is.EqualTo(status == 422 ? "validation_failed" : "malformed_request"));
    }

    [Test]
    public async Task Outside_Development_the_route_does_not_exist()
    {
        await using var service = await Service.StartAsync(("ASPNETCORE_ENVIRONMENT", "Production"));

        var answer = await AskAsync(service, """{"user_id": 1}""");
        using var nowhere = await service.Http.PostAsync("/dev/nothing", null);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((404, "not_found")), answer.Text);
        Assert.That(answer.WithoutTrace, Is.EqualTo((await Answer.ReadAsync(nowhere)).WithoutTrace));
    }

    [Test]
    public async Task The_document_does_not_mention_it()
    {
        Assert.That(await Service.Main.Http.GetStringAsync("/openapi/v1.json"), Does.Not.Contain("/dev/token"));
    }

    static async Task<Answer> AskAsync(Service service, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await service.Http.PostAsync("/dev/token", content);
        return await Answer.ReadAsync(response);
    }
}
