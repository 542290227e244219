using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;

namespace AiEditor.Persistence.Features.LoadSession;

/// <summary>
/// The memory of finished bodies: what is newest takes the place of what is oldest. As objects of their own, bodies that come
/// and go by the thousand cost the collector a tenth of the service's time; this is one that it never looks into or moves.
/// </summary>
static class Ring
{
    const int BytesAtMost = 8 * Rules.MiB;

    /// <summary>A larger one would drive too many others out.</summary>
    const int BodyAtMost = 2 * Rules.MiB;

    /// <summary>So that what is known about bodies is bounded, too.</summary>
    const int BodyAtLeast = Rules.KiB;

    static readonly byte[] Bytes = GC.AllocateUninitializedArray<byte>(BytesAtMost, pinned: true);
    static readonly Lock Gate = new();
    static readonly Dictionary<Key, Place> Places = [];

    /// <summary>The oldest first; some may have been followed by another of their key.</summary>
    static readonly Queue<(Key Key, Place Place)> Order = [];

    /// <summary>Counted on and on: the ring's length away lies the same byte.</summary>
    static long end;

    sealed record Place(State State, long Start, int Length);

    /// <summary>Whether it is worth asking which state the session is in.</summary>
    public static bool Has(Key key)
    {
        lock (Gate)
            return Places.ContainsKey(key);
    }

    /// <summary>A copy of the body in that state, to be disposed of; null when it is not known.</summary>
    public static RentedBuffer? Find(Key key, State state)
    {
        lock (Gate)
        {
            if (!Places.TryGetValue(key, out var place) || place.State != state)
                return null;
            var copy = new RentedBuffer(place.Length);
            copy.Add(Bytes.AsSpan((int)(place.Start % BytesAtMost), place.Length));
            return copy;
        }
    }

    public static void Keep(Key key, State state, ReadOnlySpan<byte> body)
    {
        if (body.Length > BodyAtMost)
            return;
        var taken = Math.Max(body.Length, BodyAtLeast);
        lock (Gate)
        {
            var untilTheSeam = BytesAtMost - end % BytesAtMost;
            var start = taken <= untilTheSeam ? end : end + untilTheSeam;
            end = start + taken;
            while (Order.TryPeek(out var oldest) && oldest.Place.Start < end - BytesAtMost)
            {
                Order.Dequeue();
                if (Places.GetValueOrDefault(oldest.Key) == oldest.Place)
                    Places.Remove(oldest.Key);
            }
            body.CopyTo(Bytes.AsSpan((int)(start % BytesAtMost)));
            var place = new Place(state, start, body.Length);
            Places[key] = place;
            Order.Enqueue((key, place));
        }
    }
}
