using System.Buffers;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Rows;

/// <summary>
/// Bytes as they grow, in an array that is rented: large ones that come and go by the thousand would keep the collector busy.
/// One that is never disposed of is lost to the pool, and to nobody else.
/// </summary>
public sealed class RentedBuffer(int capacity) : IDisposable
{
    byte[] bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public int Count { get; private set; }

    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, Count);

    public void Add(ReadOnlySpan<byte> more)
    {
        more.CopyTo(Room(more.Length));
        Count += more.Length;
    }

    /// <summary>At least so much to write to, which counts once <see cref="Advance"/> says so.</summary>
    public Span<byte> Room(int length)
    {
        if (bytes.Length - Count < length)
            Grow(Count + length);
        return bytes.AsSpan(Count);
    }

    public void Advance(int length) => Count += length;

    public void Clear() => Count = 0;

    /// <summary>The bytes of a cell, as the database sent them, copied to where they might count.</summary>
    public Span<byte> Take(NpgsqlDataReader row, int column)
    {
        while (true)
        {
            var room = bytes.Length - Count;
            var length = (int)row.GetBytes(column, 0, bytes, Count, room);
            if (length < room)
                return bytes.AsSpan(Count, length);
            // All of the room was taken: there may be more.
            Grow(bytes.Length + 1);
        }
    }

    void Grow(int atLeast)
    {
        var grown = ArrayPool<byte>.Shared.Rent(Math.Max(atLeast, 2 * bytes.Length));
        Written.Span.CopyTo(grown);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = grown;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(bytes);
        (bytes, Count) = ([], 0);
    }
}
