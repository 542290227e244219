using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Caching.Memory;

namespace AiEditor.Persistence.Infrastructure.Auth;

/// <summary>
/// Tokens that were found good: checking a signature and reading claims costs more than everything else that is done to let
/// a request in, and a client brings the same token again and again. Kept is what it opened, under the SHA-256 of the whole
/// header that brought it, never the token; what was refused is checked anew each time, so that nobody can fill this memory.
/// </summary>
/// <param name="memory">
/// At most; where keys come from an issuer, this is also how long a token outlives a key that the issuer has withdrawn.
/// </param>
sealed class KnownTokens(TimeSpan clockSkew, TimeSpan memory) : IDisposable
{
    readonly MemoryCache known = new(new MemoryCacheOptions { SizeLimit = 50_000 });

    public AuthenticateResult? Find(HttpContext context) =>
        context.Request.Headers.Authorization is [{ } header]
        && known.TryGetValue(Fingerprint(header), out AuthenticateResult? result)
            ? result
            : null;

    public void Keep(HttpContext context, AuthenticateResult result)
    {
        if (
            !result.Succeeded
            || result.Properties.ExpiresUtc is not { } end
            || context.Request.Headers.Authorization is not [{ } header]
        )
            return;
        // Not a moment longer than the checks would let it pass.
        var now = DateTimeOffset.UtcNow;
        var left = end - now + clockSkew;
        known.Set(
            Fingerprint(header),
            result,
            new MemoryCacheEntryOptions { Size = 1, AbsoluteExpiration = now + (left < memory ? left : memory) }
        );
    }

    static (UInt128, UInt128) Fingerprint(string header)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(header.AsSpan()), hash);
        return MemoryMarshal.Read<(UInt128, UInt128)>(hash);
    }

    public void Dispose() => known.Dispose();
}
