using System.Data.Common;
using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>Several questions in one round trip, each with what is to be done with the rows of its answer.</summary>
sealed class Look : IAsyncDisposable
{
    readonly NpgsqlBatch batch;
    readonly Statements statements;
    readonly List<Func<DbDataReader, Task>> readers = [];

    public Look(NpgsqlConnection connection)
    {
        batch = new NpgsqlBatch(connection) { Timeout = Drain.RoundTripAtMost };
        statements = new Statements(batch);
    }

    /// <summary>A statement whose rows, if any, do not matter.</summary>
    public void Run(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        statements.Add(sql, parameters);
        if (sql.StartsWith("select", StringComparison.Ordinal))
            readers.Add(static _ => Task.CompletedTask);
    }

    public void Each<TRow>(string sql, Action<TRow> use, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        statements.Add(sql, parameters);
        readers.Add(reader => ReadAsync(reader, use));
    }

    /// <summary>Asked about a set; an empty one is not asked about.</summary>
    public void Each<TAsked, TRow>(
        string sql,
        IReadOnlyList<TAsked> asked,
        System.Action<Statement<TAsked>> bind,
        Action<TRow> use
    )
    {
        if (asked.Count == 0)
            return;
        bind(statements.Add(sql, asked));
        readers.Add(reader => ReadAsync(reader, use));
    }

    public async Task ExecuteAsync()
    {
        if (batch.BatchCommands.Count == 0)
            return;
        await using var reader = await batch.ExecuteReaderAsync();
        foreach (var read in readers)
        {
            await read(reader);
            await reader.NextResultAsync();
        }
    }

    static async Task ReadAsync<TRow>(DbDataReader reader, Action<TRow> use)
    {
        var parse = reader.GetRowParser<TRow>();
        while (await reader.ReadAsync())
            use(parse(reader));
    }

    public ValueTask DisposeAsync() => batch.DisposeAsync();
}
