using System.Net;
using System.Security.Cryptography;
using System.Text;
using AiEditor.Persistence.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AiEditor.Persistence.Tests.Infrastructure;

/// <summary>With JWT_AUTHORITY set, tokens are an OpenID Connect issuer's, whose keys are found by discovery.</summary>
public sealed class AuthorityTests
{
    [Test]
    public async Task Tokens_of_the_issuer_are_taken_and_no_others()
    {
        using var rsa = RSA.Create(2048);
        using var foreignRsa = RSA.Create(2048);
        await using var issuer = await IssuerAsync(rsa);
        var address = issuer.Urls.First();
        await using var service = await Service.StartAsync(
            ("JWT_AUTHORITY", address),
            ("JWT_SECRET", null),
            ("JWT_AUDIENCE", "editor")
        );
        var key = new RsaSecurityKey(rsa) { KeyId = "1" };
        var publicKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(rsa.ExportSubjectPublicKeyInfoPem()))
        {
            KeyId = "1",
        };

        Assert.That(await StatusAsync(service, Token(address, "editor", key, "RS256")), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await StatusAsync(service, Token(address, "editor", key, "PS256")), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(
            await StatusAsync(service, Token("https://elsewhere.example", "editor", key, "RS256")),
            Is.EqualTo(HttpStatusCode.Unauthorized)
        );
        Assert.That(
            await StatusAsync(service, Token(address, "another", key, "RS256")),
            Is.EqualTo(HttpStatusCode.Unauthorized)
        );
        Assert.That(
            await StatusAsync(
                service,
                Token(address, "editor", new RsaSecurityKey(foreignRsa) { KeyId = "1" }, "RS256")
            ),
            Is.EqualTo(HttpStatusCode.Unauthorized)
        );
        // The public key, taken for a shared secret.
        Assert.That(
            await StatusAsync(service, Token(address, "editor", publicKey, "HS256")),
            Is.EqualTo(HttpStatusCode.Unauthorized)
        );
        Assert.That(await StatusAsync(service, Actor.Token(7)), Is.EqualTo(HttpStatusCode.Unauthorized));
        using var devToken = await service.Http.PostAsync(
            "/dev/token",
            new StringContent("""{"user_id": 7}""", Encoding.UTF8, "application/json")
        );
        Assert.That(devToken.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    static async Task<HttpStatusCode> StatusAsync(Service service, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/sessions");
        request.Headers.Authorization = new("Bearer", token);
        using var answer = await service.Http.SendAsync(request);
        return answer.StatusCode;
    }

    static string Token(string issuer, string audience, SecurityKey key, string algorithm) =>
        new JsonWebTokenHandler().CreateToken(
            new SecurityTokenDescriptor
            {
                Claims = new Dictionary<string, object> { ["sub"] = "7" },
                Issuer = issuer,
                Audience = audience,
                Expires = DateTime.UtcNow.AddMinutes(5),
                SigningCredentials = new SigningCredentials(key, algorithm),
            }
        );

    /// <summary>As much of an OpenID Connect provider as discovery needs.</summary>
    static async Task<WebApplication> IssuerAsync(RSA rsa)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var issuer = builder.Build();
        var key = rsa.ExportParameters(false);
        var keys =
            $$"""{"keys":[{"kty":"RSA","use":"sig","kid":"1","n":"{{Base64UrlEncoder.Encode(key.Modulus)}}","e":"{{Base64UrlEncoder.Encode(key.Exponent)}}"}]}""";
        issuer.MapGet("/keys", () => Results.Text(keys, "application/json"));
        issuer.MapGet(
            "/.well-known/openid-configuration",
            (HttpRequest request) =>
                Results.Text(
                    $$"""{"issuer":"http://{{request.Host}}","jwks_uri":"http://{{request.Host}}/keys"}""",
                    "application/json"
                )
        );
        await issuer.StartAsync();
        return issuer;
    }
}
