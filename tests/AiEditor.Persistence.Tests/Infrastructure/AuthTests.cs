using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using AiEditor.Persistence.Infrastructure;
using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;

namespace AiEditor.Persistence.Tests.Infrastructure;

public sealed class AuthTests
{
    const string WellMade = "kJ2x9QvLr7Zt4Wb6Np1Ms8Yd3Hf5Gc0A+/uE";

    readonly Actor user = Actor.New();

    [TestCase("none")]
    [TestCase("None")]
    [TestCase("NONE")]
    [TestCase("nOnE")]
    public async Task A_token_that_claims_to_need_no_signature_is_refused(string algorithm)
    {
        var header = $$"""{"alg":"{{algorithm}}","typ":"JWT"}""";

        Assert.That(await StatusAsync(Jwt.Sign(Jwt.Subject("\"1\""), header, _ => [])), Is.EqualTo(401));
        Assert.That(await StatusAsync(Jwt.Sign(Jwt.Subject("\"1\""), header)), Is.EqualTo(401));
    }

    [Test]
    public async Task A_token_whose_signature_was_stripped_cut_or_changed_is_refused()
    {
        var good = Jwt.Sign(Jwt.Subject("\"1\""));
        var body = good[..(good.LastIndexOf('.') + 1)];

        Assert.That(await StatusAsync(good), Is.EqualTo(404));
        Assert.That(await StatusAsync(body), Is.EqualTo(401));
        Assert.That(await StatusAsync(body.TrimEnd('.')), Is.EqualTo(401));
        Assert.That(await StatusAsync(good[..^4]), Is.EqualTo(401));
        Assert.That(await StatusAsync(body + new string('A', 43)), Is.EqualTo(401));
        Assert.That(await StatusAsync(good.Replace("eyJzdWIi", "eyJzdWJi", StringComparison.Ordinal)), Is.EqualTo(401));
    }

    [Test]
    public async Task A_signature_by_another_key_or_algorithm_is_refused()
    {
        var payload = Jwt.Subject("\"1\"");
        var secret = Encoding.UTF8.GetBytes(Service.Secret);
        using var rsa = RSA.Create(2048);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo());
        var modulus = Convert
            .ToBase64String(rsa.ExportParameters(false).Modulus!)
            .TrimEnd('=')
            .Replace('+', '-')
            .Replace('/', '_');
        var ownKey = Convert.ToBase64String("attacker's own key, long enough."u8).TrimEnd('=');
        string[] forged =
        [
            Jwt.Sign(payload, key: WellMade),
            Jwt.Sign(payload, key: ""),
            Jwt.Sign(payload, """{"alg":"HS512","typ":"JWT"}""", text => HMACSHA512.HashData(secret, text)),
            Jwt.Sign(payload, """{"alg":"HS384","typ":"JWT"}""", text => HMACSHA384.HashData(secret, text)),
            Jwt.Sign(payload, """{"alg":"hs256","typ":"JWT"}"""),
            Jwt.Sign(payload, """{"typ":"JWT"}"""),
            Jwt.Sign(payload, """{"alg":"RS256","typ":"JWT"}""", Rsa),
            Jwt.Sign(payload, $$$"""{"alg":"RS256","jwk":{"kty":"RSA","e":"AQAB","n":"{{{modulus}}}"}}""", Rsa),
            Jwt.Sign(payload, """{"alg":"ES256"}""", text => ec.SignData(text, HashAlgorithmName.SHA256)),
            Jwt.Sign(payload, key: publicKey),
            Jwt.Sign(
                payload,
                $$$"""{"alg":"HS256","jwk":{"kty":"oct","k":"{{{ownKey}}}"}}""",
                "attacker's own key, long enough."
            ),
            Jwt.Sign(payload, """{"alg":"HS256","kid":"../../dev/null"}""", ""),
        ];

        foreach (var token in forged)
            Assert.That(await StatusAsync(token), Is.EqualTo(401), token);

        byte[] Rsa(byte[] text) => rsa.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    [Test]
    public async Task A_key_that_a_token_points_to_is_never_fetched()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://{listener.LocalEndpoint}/keys";
        var header = $$"""{"alg":"RS256","kid":"{{url}}","jku":"{{url}}","x5u":"{{url}}"}""";

        var status = await StatusAsync(Jwt.Sign(Jwt.Subject("\"1\""), header, _ => new byte[256]));

        Assert.That(status, Is.EqualTo(401));
        Assert.That(listener.Pending(), Is.False);
    }

    [TestCase(-20, null, 404)]
    [TestCase(-40, null, 401)]
    [TestCase(600, 20, 404)]
    [TestCase(600, 40, 401)]
    public async Task Clocks_may_differ_by_thirty_seconds(int expires, int? notBefore, int status)
    {
        var nbf = notBefore is { } seconds ? $",\"nbf\":{Jwt.In(seconds)}" : "";

        var answer = await StatusAsync(Jwt.Sign($$"""{"sub":"1","exp":{{Jwt.In(expires)}}{{nbf}}}"""));

        Assert.That(answer, Is.EqualTo(status));
    }

    [TestCase("""{"sub":"1"}""")]
    [TestCase("""{"sub":"1","exp":null}""")]
    [TestCase("""{"sub":"1","exp":"tomorrow"}""")]
    [TestCase("""{"sub":"1","exp":0}""")]
    [TestCase("""{"sub":"1","exp":-1}""")]
    [TestCase("""{"exp":99999999999}""")]
    [TestCase("[]")]
    [TestCase("")]
    [TestCase("{")]
    public async Task A_token_without_a_usable_end_or_subject_is_refused(string payload)
    {
        Assert.That(await StatusAsync(Jwt.Sign(payload)), Is.EqualTo(401));
    }

    [TestCase("\"7\"")]
    [TestCase("7")]
    [TestCase("\"9007199254740991\"")]
    [TestCase("9007199254740991")]
    public async Task The_subject_may_be_a_string_of_digits_or_an_integer(string sub)
    {
        Assert.That(await StatusAsync(Jwt.Sign(Jwt.Subject(sub))), Is.EqualTo(404));
    }

    [Test]
    public async Task The_integer_and_its_digits_are_the_same_user()
    {
        var session = await user.SessionPath();

        var answer = await AskAsync(session, Jwt.Sign(Jwt.Subject($"{user.UserId}")));

        Assert.That(answer.Status, Is.EqualTo(200));
    }

    [TestCase("0")]
    [TestCase("-1")]
    [TestCase("\"0\"")]
    [TestCase("\"-1\"")]
    [TestCase("9007199254740992")]
    [TestCase("\"9007199254740992\"")]
    [TestCase("99999999999999999999")]
    [TestCase("\"99999999999999999999\"")]
    [TestCase("7.5")]
    [TestCase("\"7.0\"")]
    [TestCase("\"7 \"")]
    [TestCase("\" 7\"")]
    [TestCase("\"+7\"")]
    [TestCase("\"1e3\"")]
    [TestCase("\"0x7\"")]
    [TestCase("\"٧\"")]
    [TestCase("\"\"")]
    [TestCase("\"alice\"")]
    [TestCase("null")]
    [TestCase("true")]
    [TestCase("[]")]
    [TestCase("[7]")]
    [TestCase("[\"7\"]")]
    [TestCase("[7,8]")]
    [TestCase("{\"id\":7}")]
    public async Task A_subject_that_is_no_user_id_is_refused(string sub)
    {
        Assert.That(await StatusAsync(Jwt.Sign(Jwt.Subject(sub))), Is.EqualTo(401));
    }

    [TestCase(6_000, 401)]
    [TestCase(40_000, 431)]
    public async Task A_huge_token_is_refused_without_much_ado(int length, int status)
    {
        var token = Jwt.Sign(
            $$"""{"sub":"1","exp":{{Jwt.In(600)}},"x":"{{new string('x', length)}}"}""",
            key: WellMade
        );
        await StatusAsync(token);

        var start = TimeProvider.System.GetTimestamp();
        var answer = await StatusAsync(token);

        Assert.That(answer, Is.EqualTo(status));
        Assert.That(TimeProvider.System.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(1)));
    }

    [TestCase("Basic dXNlcjpwYXNz")]
    [TestCase("Bearer")]
    [TestCase("Bearer ")]
    [TestCase("Bearer null")]
    [TestCase("Bearer a.b.c")]
    [TestCase("Bearer a.b.c.d.e")]
    [TestCase("")]
    public async Task Another_scheme_or_nonsense_is_refused_in_the_same_words(string authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/sessions/1");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await Service.Main.Http.SendAsync(request);
        var answer = await Answer.ReadAsync(response);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((401, "unauthorized")));
        Assert.That(answer.Headers["WWW-Authenticate"], Is.EqualTo("Bearer"));
    }

    [Test]
    public async Task A_token_in_the_query_opens_nothing()
    {
        using var response = await Service.Main.Http.GetAsync(
            $"/v1/sessions/1?access_token={Jwt.Sign(Jwt.Subject("1"))}"
        );

        Assert.That((int)response.StatusCode, Is.EqualTo(401));
    }

    [TestCase("ai-editor", "https://issuer.example", 404)]
    [TestCase("another", "https://issuer.example", 401)]
    [TestCase("ai-editor", "https://issuer.example/", 401)]
    [TestCase("ai-editor", "https://another.example", 401)]
    [TestCase(null, "https://issuer.example", 401)]
    [TestCase("ai-editor", null, 401)]
    public async Task Audience_and_issuer_are_checked_where_they_are_set(string? audience, string? issuer, int status)
    {
        var aud = audience is null ? "" : $",\"aud\":\"{audience}\"";
        var iss = issuer is null ? "" : $",\"iss\":\"{issuer}\"";
        var token = Jwt.Sign($$"""{"sub":"{{user.UserId}}","exp":{{Jwt.In(600)}}{{aud}}{{iss}}}""");

        var answer = await AskAsync("/v1/sessions/9007199254740991", token, OutsideDevelopment.Restricted);

        Assert.That(answer.Status, Is.EqualTo(status));
    }

    [Test]
    public async Task Development_tokens_are_for_development()
    {
        using var development = await Service.Main.Http.PostAsync("/dev/token", Json("""{"user_id": 7}"""));
        using var production = await OutsideDevelopment.Production.Http.PostAsync(
            "/dev/token",
            Json("""{"user_id": 7}""")
        );
        using var never = await OutsideDevelopment.Production.Http.PostAsync("/dev/nothing", Json("{}"));

        Assert.That((int)development.StatusCode, Is.EqualTo(200));
        Assert.That((int)production.StatusCode, Is.EqualTo(404));
        Assert.That(
            (await Answer.ReadAsync(production)).WithoutTrace,
            Is.EqualTo((await Answer.ReadAsync(never)).WithoutTrace)
        );
    }

    [TestCase("")]
    [TestCase("short")]
    [TestCase("ThirtyOneBytesAreNotQuiteEnough")]
    [TestCase("your-256-bit-secret-your-256-bit-secret")]
    [TestCase("a-string-secret-at-least-256-bits-long")]
    [TestCase("changeme-changeme-changeme-changeme")]
    [TestCase("MyPassword!MyPassword!MyPassword!!")]
    [TestCase("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [TestCase("abababababababababababababababababababab")]
    [TestCase("0123456789012345678901234567890123456789")]
    public void A_weak_secret_is_refused_outside_development(string secret)
    {
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection([new KeyValuePair<string, string?>("JWT_SECRET", secret)])
            .Build();
        var production = new HostingEnvironment { EnvironmentName = "Production" };

        var refusal = Assert.Throws<InvalidSettingException>(() => Secret.Read(settings, production));

        Assert.That(refusal!.Message, Does.StartWith("JWT_SECRET "));
        if (secret.Length > 5)
            Assert.That(refusal.Message, Does.Not.Contain(secret));
    }

    [Test]
    public void A_strong_secret_is_taken()
    {
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection([new KeyValuePair<string, string?>("JWT_SECRET", WellMade)])
            .Build();

        var key = Secret.Read(settings, new HostingEnvironment { EnvironmentName = "Production" });

        Assert.That(key, Is.EqualTo(Encoding.UTF8.GetBytes(WellMade)));
    }

    [TestCase(null)]
    [TestCase("your-256-bit-secret-your-256-bit-secret")]
    public async Task The_service_does_not_start_with_a_secret_that_everybody_knows(string? secret)
    {
        var (exitCode, output) = await Service.RunAsync(
            [],
            ("ASPNETCORE_ENVIRONMENT", "Production"),
            ("JWT_SECRET", secret)
        );

        Assert.That(exitCode, Is.EqualTo(2), output);
        Assert.That(output, Does.Contain("JWT_SECRET"));
        Assert.That(output, Does.Not.Contain("   at "));
        if (secret is not null)
            Assert.That(output, Does.Not.Contain(secret));
    }

    static async Task<int> StatusAsync(string token) => (await AskAsync("/v1/sessions/9007199254740991", token)).Status;

    static async Task<Answer> AskAsync(string path, string token, Service? service = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await (service ?? Service.Main).Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
