using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;
using Npgsql;

namespace AiEditor.Persistence.Features.LoadSession;

/// <summary>
/// A session that is too long to be put together first: it is read again, in the order in which it is shown, and sent piece by
/// piece. Through the connections of those whose lines may be slow, for it holds one until the client has all of it.
/// </summary>
sealed class Streamed(NpgsqlDataSource database, Reading reading) : IResult
{
    const int PieceAtLeast = 128 * Rules.KiB;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var cancellation = httpContext.RequestAborted;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = reading.Command(Sql.LoadInOrder, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation))
        {
            await Problem.NotFound.ExecuteAsync(httpContext);
            return;
        }
        Endpoint.Tag(httpContext, reader.GetInt64(reader.GetOrdinal("revision")));
        httpContext.Response.ContentType = Finished.ContentType;
        using var json = new RentedBuffer(2 * PieceAtLeast);
        json.Add("{\"session\":"u8);
        new RowsAsJson(reader).WriteRow(json);
        await reader.NextResultAsync(cancellation);
        var olderMessages = await OlderAsync("messages");
        json.Add(",\"messages\":"u8);
        await WriteAsync();
        json.Add(",\"components\":"u8);
        await WriteAsync();
        var olderInteractions = await OlderAsync("interactions");
        json.Add(",\"interactions\":"u8);
        await WriteAsync();
        Body.WriteCursors(json, olderMessages, olderInteractions);
        await SendAsync();

        async Task<string?> OlderAsync(string list)
        {
            var oldest = 0L;
            var shown = 0;
            for (; await reader.ReadAsync(cancellation); shown++)
                if (shown == 0)
                    oldest = reader.GetInt64(0);
            await reader.NextResultAsync(cancellation);
            return shown > 1 ? Body.Older(oldest, reading.Scope(list)) : null;
        }

        async Task WriteAsync()
        {
            var rows = new RowsAsJson(reader);
            json.Add("["u8);
            for (var isFirst = true; await reader.ReadAsync(cancellation); isFirst = false)
            {
                if (!isFirst)
                    json.Add(","u8);
                rows.WriteRow(json);
                if (json.Count > PieceAtLeast)
                    await SendAsync();
            }
            json.Add("]"u8);
            await reader.NextResultAsync(cancellation);
        }

        async Task SendAsync()
        {
            await httpContext.Response.BodyWriter.WriteAsync(json.Written, cancellation);
            json.Clear();
        }
    }
}
