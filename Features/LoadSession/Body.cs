using System.Buffers;
using System.Text.Json;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;
using Microsoft.Extensions.ObjectPool;
using Npgsql;

namespace AiEditor.Persistence.Features.LoadSession;

/// <summary>Which state of a session a body shows. The time tells it from another of that number in a restored database.</summary>
sealed record State(long Revision, DateTime UpdatedAt);

/// <summary>A finished answer, shaped as <see cref="Response"/> says, written row by row as <see cref="Sql.Load"/> finds them.</summary>
sealed record Body(State State, byte[] Utf8)
{
    /// <summary>Large arrays by the thousand would keep the collector of large objects busy.</summary>
    static readonly ObjectPool<ArrayBufferWriter<byte>> Buffers = new DefaultObjectPool<ArrayBufferWriter<byte>>(
        new Policy(),
        maximumRetained: 8
    );
    static readonly JsonWriterOptions Options = new() { Encoder = Wire.Encoder, SkipValidation = true };

    /// <summary>Null when there is no such session.</summary>
    public static async Task<Body?> ReadAsync(
        NpgsqlDataReader reader,
        Func<string, string> scope,
        int limit,
        CancellationToken cancellation
    )
    {
        if (!await reader.ReadAsync(cancellation))
            return null;
        var state = new State(
            reader.GetInt64(reader.GetOrdinal("revision")),
            reader.GetDateTime(reader.GetOrdinal("updated_at"))
        );
        var utf8 = Buffers.Get();
        await using var json = new Utf8JsonWriter(utf8, Options);
        json.WriteStartObject();
        json.WritePropertyName("session"u8);
        new RowsAsJson(reader).WriteRow(json);
        await reader.NextResultAsync(cancellation);
        var olderMessages = await WriteBackInTimeAsync("messages");
        await WriteComponentsAsync();
        var olderInteractions = await WriteBackInTimeAsync("interactions");
        json.WriteString("older_messages_cursor"u8, olderMessages);
        json.WriteString("older_interactions_cursor"u8, olderInteractions);
        json.WriteEndObject();
        await json.FlushAsync(cancellation);
        var body = new Body(state, GC.AllocateUninitializedArray<byte>(utf8.WrittenCount));
        utf8.WrittenSpan.CopyTo(body.Utf8);
        Buffers.Return(utf8);
        return body;

        async Task WriteComponentsAsync()
        {
            json.WriteStartArray("components"u8);
            var rows = new RowsAsJson(reader);
            while (await reader.ReadAsync(cancellation))
                rows.WriteRow(json);
            json.WriteEndArray();
            await reader.NextResultAsync(cancellation);
        }

        // They come newest first, and one more than was asked for if there are more: each is written to a place of its own.
        async Task<string?> WriteBackInTimeAsync(string list)
        {
            var written = Buffers.Get();
            await using var one = new Utf8JsonWriter(written, Options);
            var ends = new List<int>(limit) { 0 };
            var rows = new RowsAsJson(reader);
            var (id, oldest, hasMore) = (reader.GetOrdinal("id"), 0L, false);
            while (await reader.ReadAsync(cancellation) && !(hasMore = ends.Count > limit))
            {
                rows.WriteRow(one);
                await one.FlushAsync(cancellation);
                one.Reset();
                ends.Add(written.WrittenCount);
                oldest = reader.GetInt64(id);
            }
            await reader.NextResultAsync(cancellation);
            json.WriteStartArray(list);
            for (var i = ends.Count - 1; i > 0; i--)
                json.WriteRawValue(written.WrittenSpan[ends[i - 1]..ends[i]], skipInputValidation: true);
            json.WriteEndArray();
            Buffers.Return(written);
            return hasMore ? Cursor.Write(new BackInTime.Position(oldest), scope(list)) : null;
        }
    }

    sealed class Policy : PooledObjectPolicy<ArrayBufferWriter<byte>>
    {
        const int KeptAtMost = Rules.MiB;

        public override ArrayBufferWriter<byte> Create() => new(256 * Rules.KiB);

        public override bool Return(ArrayBufferWriter<byte> obj)
        {
            obj.ResetWrittenCount();
            return obj.Capacity <= KeptAtMost;
        }
    }
}
