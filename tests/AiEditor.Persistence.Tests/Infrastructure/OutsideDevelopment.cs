using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Infrastructure;

/// <summary>The service as it runs in earnest: with defaults, and with every restriction turned on.</summary>
[SetUpFixture]
public sealed class OutsideDevelopment
{
    public const string Audience = "ai-editor";
    public const string Issuer = "https://issuer.example";
    public const string Origin = "https://app.example.com";

    internal static Service Production { get; private set; } = null!;

    internal static Service Restricted { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        var production = Service.StartAsync(("ASPNETCORE_ENVIRONMENT", "Production"));
        var restricted = Service.StartAsync(
            ("ASPNETCORE_ENVIRONMENT", "Production"),
            ("JWT_AUDIENCE", Audience),
            ("JWT_ISSUER", Issuer),
            ("RATE_LIMIT", "5"),
            ("CORS_ORIGINS", $"{Origin}, https://other.example.com")
        );
        (Production, Restricted) = (await production, await restricted);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await Production.DisposeAsync();
        await Restricted.DisposeAsync();
    }

    /// <summary>A token that the restricted service takes.</summary>
    internal static string Token(long userId) =>
        Jwt.Sign($$"""{"sub":"{{userId}}","exp":{{Jwt.In(600)}},"aud":"{{Audience}}","iss":"{{Issuer}}"}""");
}
