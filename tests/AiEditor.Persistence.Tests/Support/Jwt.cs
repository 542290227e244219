using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>Tokens made by hand, since no library makes the bad ones.</summary>
static class Jwt
{
    public const string Hs256 = """{"alg":"HS256","typ":"JWT"}""";

    public static string Sign(string payload, string header = Hs256, string key = Service.Secret) =>
        Sign(payload, header, text => HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), text));

    public static string Sign(string payload, string header, Func<byte[], byte[]> sign)
    {
        var text = $"{Encode(header)}.{Encode(payload)}";
        return $"{text}.{WebEncoders.Base64UrlEncode(sign(Encoding.ASCII.GetBytes(text)))}";
    }

    /// <summary>Seconds since 1970, from now.</summary>
    public static long In(int seconds) => DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds;

    /// <summary>A good token's claims, but for the subject.</summary>
    public static string Subject(string sub) => $$"""{"sub":{{sub}},"exp":{{In(600)}}}""";

    static string Encode(string text) => WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(text));
}
