using System.Security.Claims;
using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Tests.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace AiEditor.Persistence.Tests.Infrastructure;

/// <summary>That a token is remembered must never let in what checking it would not.</summary>
public sealed class KnownTokensTests
{
    static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    readonly Actor user = Actor.New();

    [Test]
    public async Task A_token_that_was_let_in_is_refused_once_it_has_ended()
    {
        var session = await user.SessionPath();
        var token = Jwt.Sign($$"""{"sub":"{{user.UserId}}","exp":{{Jwt.In(-26)}}}""");

        Assert.That(await StatusAsync(session, token), Is.EqualTo(200));
        Assert.That(await StatusAsync(session, token), Is.EqualTo(200));
        await Until.TrueAsync(async () => await StatusAsync(session, token) == 401, "the token has ended");
    }

    [Test]
    public async Task What_looks_like_a_token_that_was_let_in_is_refused()
    {
        var session = await user.SessionPath();
        var payload = Jwt.Subject($"\"{user.UserId}\"");
        var good = Jwt.Sign(payload);
        var forged = Jwt.Sign(payload, key: "another key, as long as the first one is.");
        Assert.That(await StatusAsync(session, good), Is.EqualTo(200));

        Assert.That(await StatusAsync(session, forged), Is.EqualTo(401));
        Assert.That(await StatusAsync(session, good[..^1]), Is.EqualTo(401));
        Assert.That(await StatusAsync(session, good + "A"), Is.EqualTo(401));
        Assert.That(await StatusAsync(session, forged), Is.EqualTo(401));
        Assert.That(await StatusAsync(session, good), Is.EqualTo(200));
    }

    [TestCase(600, 60, true)]
    [TestCase(-29, 60, true)]
    [TestCase(-31, 60, false)]
    [TestCase(600, 0, false)]
    public void It_is_known_no_longer_than_its_end_and_the_skew_and_the_memory_allow(int end, int memory, bool known)
    {
        using var tokens = new KnownTokens(Skew, TimeSpan.FromSeconds(memory));
        var context = Context("Bearer a.b.c");

        tokens.Keep(context, Success(DateTimeOffset.UtcNow.AddSeconds(end)));

        Assert.That(tokens.Find(context) is not null, Is.EqualTo(known));
    }

    [Test]
    public void A_token_without_end_or_beside_another_or_refused_is_not_remembered()
    {
        using var tokens = new KnownTokens(Skew, Skew);
        var one = Context("Bearer a.b.c");
        var two = Context("Bearer a.b.c", "Bearer a.b.c");

        tokens.Keep(one, Success(null));
        tokens.Keep(one, AuthenticateResult.NoResult());
        tokens.Keep(one, AuthenticateResult.Fail("bad"));
        tokens.Keep(two, Success(DateTimeOffset.UtcNow.AddHours(1)));

        Assert.That(tokens.Find(one), Is.Null);
        Assert.That(tokens.Find(two), Is.Null);
    }

    [Test]
    public void The_end_of_time_is_no_trouble()
    {
        using var tokens = new KnownTokens(Skew, Skew);
        var context = Context("Bearer a.b.c");

        tokens.Keep(context, Success(DateTimeOffset.MaxValue));

        Assert.That(tokens.Find(context), Is.Not.Null);
    }

    static AuthenticateResult Success(DateTimeOffset? end) =>
        AuthenticateResult.Success(
            new AuthenticationTicket(new ClaimsPrincipal(), new AuthenticationProperties { ExpiresUtc = end }, "Bearer")
        );

    static DefaultHttpContext Context(params string[] authorization)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = authorization;
        return context;
    }

    static async Task<int> StatusAsync(string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new("Bearer", token);
        using var response = await Service.Main.Http.SendAsync(request);
        return (int)response.StatusCode;
    }
}
