using Microsoft.Extensions.Caching.Memory;

namespace AiEditor.Persistence.Features.LoadSession;

/// <summary>
/// Finished bodies, whole and compressed, within bounds. One may be sent only if the database has just said that the session
/// is in the state that it shows: what is remembered here is how an answer is spelt, never whether it is true.
/// </summary>
static class Bodies
{
    const long BytesAtMost = 16 << 20;

    /// <summary>A larger one would drive too many others out.</summary>
    const int BodyAtMost = 2 << 20;
    const int BytesBesides = 256;

    /// <summary>After that nobody is likely to come back soon.</summary>
    static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    static readonly MemoryCache Known = new(
        new MemoryCacheOptions { SizeLimit = BytesAtMost, CompactionPercentage = 0.25 }
    );

    sealed record Key(long SessionId, int Limit, Coding Coding);

    /// <summary>Whether it is worth asking which state the session is in.</summary>
    public static bool Has(long sessionId, int limit) =>
        Known.TryGetValue(new Key(sessionId, limit, Coding.Identity), out _);

    /// <summary>The answer in that state and coding, which is made from the plain one if need be; null when it is not known.</summary>
    public static Finished? Find(long sessionId, int limit, State state, Coding coding) =>
        Get(new Key(sessionId, limit, coding), state) is { } found ? new Finished(found, coding)
        : Get(new Key(sessionId, limit, Coding.Identity), state) is { } plain
            ? Code(sessionId, limit, new Body(state, plain), coding)
        : null;

    /// <summary>Remembers a body, and answers with it in that coding.</summary>
    public static Finished Keep(long sessionId, int limit, Body plain, Coding coding)
    {
        Set(new Key(sessionId, limit, Coding.Identity), plain);
        return Code(sessionId, limit, plain, coding);
    }

    static Finished Code(long sessionId, int limit, Body plain, Coding coding)
    {
        if (coding is Coding.Identity || !Compression.IsWorthIt(plain.Utf8))
            return new Finished(plain.Utf8, Coding.Identity);
        var coded = plain with { Utf8 = Compression.Compress(plain.Utf8, coding) };
        Set(new Key(sessionId, limit, coding), coded);
        return new Finished(coded.Utf8, coding);
    }

    static byte[]? Get(Key key, State state) =>
        Known.Get<Body>(key) is { } body && body.State == state ? body.Utf8 : null;

    static void Set(Key key, Body body)
    {
        if (body.Utf8.Length <= BodyAtMost)
            Known.Set(
                key,
                body,
                new MemoryCacheEntryOptions { Size = body.Utf8.Length + BytesBesides, SlidingExpiration = Memory }
            );
    }
}
