using System.Text;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;
using Npgsql;

namespace AiEditor.Persistence.Features.LoadSession;

/// <summary>Which state of a session a body shows. The time tells it from another of that number in a restored database.</summary>
sealed record State(long Revision, DateTime UpdatedAt);

/// <summary>A finished answer, shaped as <see cref="Response"/> says, written row by row as <see cref="Sql.Load"/> finds them.</summary>
static class Body
{
    const int Capacity = 128 * Rules.KiB;

    /// <summary>The body is to be disposed of. Null when there is no such session.</summary>
    public static async Task<(State State, RentedBuffer Json)?> ReadAsync(
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
        var json = new RentedBuffer(Capacity);
        json.Add("{\"session\":"u8);
        new RowsAsJson(reader).WriteRow(json);
        await reader.NextResultAsync(cancellation);
        json.Add(",\"messages\":"u8);
        var olderMessages = await WriteBackInTimeAsync("messages");
        json.Add(",\"components\":"u8);
        await WriteComponentsAsync();
        json.Add(",\"interactions\":"u8);
        var olderInteractions = await WriteBackInTimeAsync("interactions");
        json.Add(",\"older_messages_cursor\":"u8);
        WriteCursor(olderMessages);
        json.Add(",\"older_interactions_cursor\":"u8);
        WriteCursor(olderInteractions);
        json.Add("}"u8);
        return (state, json);

        async Task WriteComponentsAsync()
        {
            var rows = new RowsAsJson(reader);
            var isFirst = true;
            json.Add("["u8);
            while (await reader.ReadAsync(cancellation))
            {
                if (!isFirst)
                    json.Add(","u8);
                isFirst = false;
                rows.WriteRow(json);
            }
            json.Add("]"u8);
            await reader.NextResultAsync(cancellation);
        }

        // They come newest first, and one more than was asked for if there are more: each is written to a place of its own.
        async Task<string?> WriteBackInTimeAsync(string list)
        {
            using var written = new RentedBuffer(Capacity);
            var ends = new List<int>(limit) { 0 };
            var rows = new RowsAsJson(reader);
            var (id, oldest, hasMore) = (reader.GetOrdinal("id"), 0L, false);
            while (await reader.ReadAsync(cancellation) && !(hasMore = ends.Count > limit))
            {
                rows.WriteRow(written);
                ends.Add(written.Count);
                oldest = reader.GetInt64(id);
            }
            await reader.NextResultAsync(cancellation);
            json.Add("["u8);
            for (var i = ends.Count - 1; i > 0; i--)
            {
                json.Add(written.Written.Span[ends[i - 1]..ends[i]]);
                if (i > 1)
                    json.Add(","u8);
            }
            json.Add("]"u8);
            return hasMore ? Cursor.Write(new BackInTime.Position(oldest), scope(list)) : null;
        }

        // Their letters are those of Base64 for addresses: nothing to escape.
        void WriteCursor(string? cursor) =>
            json.Add(cursor is null ? "null"u8 : Encoding.UTF8.GetBytes($"\"{cursor}\""));
    }
}
