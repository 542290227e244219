using System.Data.Common;
using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>Several statements that go to the server together, each with what is to be done with the rows of its answer.</summary>
sealed class RoundTrip : IAsyncDisposable
{
    /// <summary>Seconds that it may take. More than the server gives a statement, so that it is the server who says no.</summary>
    const int SecondsAtMost = 6;

    readonly NpgsqlBatch batch;
    readonly List<Func<DbDataReader, Task>> readers = [];

    public RoundTrip(NpgsqlConnection connection)
    {
        batch = new NpgsqlBatch(connection) { Timeout = SecondsAtMost };
        Statements = new Statements(batch);
    }

    /// <summary>For those who add statements that answer with no rows.</summary>
    public Statements Statements { get; }

    /// <summary>A statement whose rows, if any, do not matter.</summary>
    public void Run(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        Statements.Add(sql, parameters);
        if (sql.StartsWith("select", StringComparison.Ordinal))
            readers.Add(static _ => Task.CompletedTask);
    }

    public void Each<TRow>(string sql, Action<TRow> use, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        Statements.Add(sql, parameters);
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
        bind(Statements.Add(sql, asked));
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
        // To the very end: a commit that fails says so after the rows.
        while (await reader.NextResultAsync()) { }
    }

    static async Task ReadAsync<TRow>(DbDataReader reader, Action<TRow> use)
    {
        var parse = reader.GetRowParser<TRow>();
        while (await reader.ReadAsync())
            use(parse(reader));
    }

    public ValueTask DisposeAsync() => batch.DisposeAsync();
}
