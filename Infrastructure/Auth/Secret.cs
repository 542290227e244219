using System.Security.Cryptography;
using System.Text;

namespace AiEditor.Persistence.Infrastructure.Auth;

/// <summary>The HS256 key, and why it will not do.</summary>
static class Secret
{
    const int MinBytes = 32;

    /// <summary>Words that tutorials and templates put into secrets, and that end up in production.</summary>
    static readonly string[] Examples =
    [
        "secret",
        "changeme",
        "change-me",
        "change_me",
        "example",
        "password",
        "your-",
        "your_",
        "default",
        "12345678",
        "abcdefgh",
        "jwt-key",
        "jwt_key",
        "supersecure",
        "development",
    ];

    public static byte[] Read(IConfiguration settings, IHostEnvironment environment)
    {
        var text = settings["JWT_SECRET"];
        if (string.IsNullOrEmpty(text))
            return environment.IsDevelopment()
                ? Kept(environment)
                : throw new InvalidSettingException(
                    "JWT_SECRET",
                    "is missing; set it to at least 32 random bytes (openssl rand -base64 48), or set JWT_AUTHORITY"
                );
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length < MinBytes)
            throw new InvalidSettingException(
                "JWT_SECRET",
                $"has {bytes.Length} bytes; HS256 needs at least {MinBytes}"
            );
        if (!environment.IsDevelopment() && WhyWeak(text) is { } why)
            throw new InvalidSettingException("JWT_SECRET", why + "; make one with: openssl rand -base64 48");
        return bytes;
    }

    static string? WhyWeak(string text) =>
        Examples.FirstOrDefault(e => text.Contains(e, StringComparison.OrdinalIgnoreCase)) is { } example
            ? $"contains '{example}', as examples do"
        : text.Distinct().Count() < 12 ? "repeats too few characters"
        : null;

    /// <summary>Development: made once and kept, so that tokens outlive a restart.</summary>
    static byte[] Kept(IHostEnvironment environment)
    {
        var path = Path.Combine(DataFolder.Of(environment), "jwt-secret");
        if (!File.Exists(path))
            DataFolder.WriteSecret(path, Convert.ToBase64String(RandomNumberGenerator.GetBytes(48)));
        return Encoding.UTF8.GetBytes(File.ReadAllText(path).Trim());
    }
}
