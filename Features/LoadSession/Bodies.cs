using AiEditor.Persistence.Infrastructure.Rows;

namespace AiEditor.Persistence.Features.LoadSession;

/// <summary>Which answer: how many of its session's messages, and how it travels.</summary>
readonly record struct Key(long SessionId, int Limit, Coding Coding);

/// <summary>
/// Finished bodies, whole and compressed. One may be sent only if the database has just said that the session is in the state
/// that it shows: what is remembered here is how an answer is spelt, never whether it is true.
/// </summary>
static class Bodies
{
    /// <summary>Whether it is worth asking which state the session is in.</summary>
    public static bool Has(Key key) => Ring.Has(Plain(key));

    /// <summary>The answer in that state, which is made from the plain one if need be; null when neither is known.</summary>
    public static Finished? Find(Key key, State state) =>
        Ring.Find(key, state) is { } found ? new Finished(found, key.Coding)
        : Ring.Find(Plain(key), state) is { } plain ? Code(key, state, plain)
        : null;

    /// <summary>Remembers the plain body, and answers with it as asked.</summary>
    public static Finished Keep(Key key, State state, RentedBuffer plain)
    {
        Ring.Keep(Plain(key), state, plain.Written.Span);
        return Code(key, state, plain);
    }

    static Finished Code(Key key, State state, RentedBuffer plain)
    {
        if (key.Coding is Coding.Identity || !Compression.IsWorthIt(plain))
            return new Finished(plain, Coding.Identity);
        using (plain)
        {
            var coded = Compression.Compress(plain, key.Coding);
            Ring.Keep(key, state, coded.Written.Span);
            return new Finished(coded, key.Coding);
        }
    }

    static Key Plain(Key key) => key with { Coding = Coding.Identity };
}
