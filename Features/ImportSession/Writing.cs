using AiEditor.Persistence.Infrastructure.Archives;
using AiEditor.Persistence.Infrastructure.Attachments;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Rows;
using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Features.ImportSession;

/// <summary>
/// Puts lines down as rows, all at revision 1, a few MiB at a time. It believes what it is given; <see cref="Reading"/> has
/// held it to the rules.
/// </summary>
sealed class Writing(NpgsqlConnection connection, Files files, Target target, Sha256 sha256) : IAsyncDisposable
{
    const int BytesAtMost = 4 * Rules.MiB;
    const int LinesAtMost = 1000;

    readonly List<Session> sessions = [];
    readonly List<Line> pending = [];
    readonly IncomingFile incoming = new();
    long pendingBytes;
    long componentId;

    public async Task AddAsync(Line line)
    {
        switch (line)
        {
            case SessionLine session:
                await FlushAsync();
                await BeginAsync(session);
                break;
            case AttachmentLine file:
                incoming.Begin(file);
                await KeepAsync();
                break;
            case BytesLine bytes:
                await incoming.AppendAsync(bytes);
                await KeepAsync();
                break;
            case not EndLine:
                pending.Add(line);
                pendingBytes += Weight(line);
                if (pendingBytes > BytesAtMost || pending.Count == LinesAtMost)
                    await FlushAsync();
                break;
        }
    }

    /// <summary>The sessions that were made, in the order of the file.</summary>
    public async Task<IReadOnlyList<Session>> EndAsync()
    {
        await FlushAsync();
        return sessions;
    }

    /// <summary>The request's key is the first session's; any other has one that follows from it.</summary>
    async Task BeginAsync(SessionLine line) =>
        sessions.Add(
            await connection.QuerySingleAsync<Session>(
                Sql.InsertSession,
                new
                {
                    target.UserId,
                    line.ClientId,
                    line.Title,
                    line.Description,
                    line.IsActive,
                    line.CreatedAt,
                    line.UpdatedAt,
                    Key = sessions.Count == 0
                        ? target.Key
                        : IdempotencyKey.Of(target.Key, $"sessions/{sessions.Count}"),
                    TurnKey = sessions.Count == 0 ? null : (Guid?)target.Key,
                    Sha256 = sha256.Bytes,
                }
            )
        );

    /// <summary>Once the file is whole: its bytes become the user's, and it is put into the session.</summary>
    async Task KeepAsync()
    {
        if (!incoming.IsWhole)
            return;
        await files.KeepAsync(target.UserId, incoming.Sha256, incoming.Bytes);
        await connection.ExecuteAsync(
            Sql.InsertFile,
            new
            {
                SessionId = sessions[^1].Id,
                target.UserId,
                Sha256 = incoming.Sha256.Bytes,
                incoming.ContentType,
            }
        );
    }

    async Task FlushAsync()
    {
        if (pending.Count == 0)
            return;
        var sets = new RowSets(sessions[^1].Id, componentId);
        var ids = await IdsAsync();
        foreach (var line in pending)
            sets.Add(line, ids);
        await using var batch = new NpgsqlBatch(connection);
        sets.Write(new Statements(batch));
        await batch.ExecuteNonQueryAsync();
        componentId = sets.ComponentId;
        pending.Clear();
        pendingBytes = 0;
    }

    /// <summary>Fresh ids for what is pending, in order.</summary>
    async Task<Queue<long>> IdsAsync() =>
        new(
            await connection.QueryAsync<long>(
                Sql.NextIds,
                new { Sequences = pending.Select(Sequence).OfType<string>().ToArray() }
            )
        );

    static string? Sequence(Line line) =>
        line switch
        {
            MessageLine => "chat_messages_id_seq",
            ComponentLine => "components_id_seq",
            InteractionLine => "interactions_id_seq",
            _ => null,
        };

    static long Weight(Line line) =>
        line switch
        {
            MessageLine m => m.Content!.Length + m.Metadata!.Value.Text.Length,
            ComponentLine c => c.JsxCode!.Length + c.CssCode!.Length + c.Metadata!.Value.Text.Length,
            VersionLine v => v.JsxCode!.Length + v.CssCode!.Length + v.Metadata!.Value.Text.Length,
            InteractionLine i => i.Prompt!.Length + i.Response!.Length + i.Metadata!.Value.Text.Length,
            _ => 0,
        };

    public ValueTask DisposeAsync() => incoming.DisposeAsync();
}
