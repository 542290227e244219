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

    /// <summary>Bytes beyond which no body is put together in memory.</summary>
    const int GatheredAtMost = 4 * Rules.MiB;

    /// <summary>The body is to be disposed of; null when it is too large. Null when there is no such session.</summary>
    public static async Task<(State State, RentedBuffer? Json)?> ReadAsync(
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
        var (fits, olderMessages) = await WriteBackInTimeAsync("messages");
        json.Add(",\"components\":"u8);
        fits = fits && await WriteComponentsAsync();
        json.Add(",\"interactions\":"u8);
        var olderInteractions = default(string);
        if (fits)
            (fits, olderInteractions) = await WriteBackInTimeAsync("interactions");
        WriteCursors(json, olderMessages, olderInteractions);
        if (fits)
            return (state, json);
        json.Dispose();
        return (state, null);

        async Task<bool> WriteComponentsAsync()
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
                if (json.Count > GatheredAtMost)
                    return false;
            }
            json.Add("]"u8);
            await reader.NextResultAsync(cancellation);
            return true;
        }

        // They come newest first, and one more than was asked for if there are more: each is written to a place of its own.
        async Task<(bool Fits, string? Older)> WriteBackInTimeAsync(string list)
        {
            using var written = new RentedBuffer(Capacity);
            var ends = new List<int>(limit) { 0 };
            var rows = new RowsAsJson(reader);
            var (id, oldest, hasMore) = (reader.GetOrdinal("id"), 0L, false);
            while (await reader.ReadAsync(cancellation) && !(hasMore = ends.Count > limit))
            {
                rows.WriteRow(written);
                if (json.Count + written.Count > GatheredAtMost)
                    return (false, null);
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
            return (true, hasMore ? Older(oldest, scope(list)) : null);
        }
    }

    /// <summary>Leads to what is older than the oldest that is shown.</summary>
    public static string Older(long oldest, string scope) => Cursor.Write(new BackInTime.Position(oldest), scope);

    /// <summary>What a body ends with.</summary>
    public static void WriteCursors(RentedBuffer json, string? olderMessages, string? olderInteractions)
    {
        json.Add(",\"older_messages_cursor\":"u8);
        Write(olderMessages);
        json.Add(",\"older_interactions_cursor\":"u8);
        Write(olderInteractions);
        json.Add("}"u8);

        // Their letters are those of Base64 for addresses: nothing to escape.
        void Write(string? cursor) => json.Add(cursor is null ? "null"u8 : Encoding.UTF8.GetBytes($"\"{cursor}\""));
    }
}
