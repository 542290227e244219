using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>Statements that go to the server together, each over a set of rows whose columns travel as arrays.</summary>
public sealed class Statements(NpgsqlBatch batch)
{
    /// <summary>Nothing is sent for an empty set.</summary>
    public Statement<TRow> Add<TRow>(string sql, IReadOnlyList<TRow> rows)
    {
        var command = new NpgsqlBatchCommand(sql);
        if (rows.Count > 0)
            batch.BatchCommands.Add(command);
        return new Statement<TRow>(command, rows);
    }

    public void Add(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        batch.BatchCommands.Add(command);
    }
}

public readonly struct Statement<TRow>(NpgsqlBatchCommand command, IReadOnlyList<TRow> rows)
{
    /// <summary>One column of the set, as the array parameter of that name.</summary>
    public Statement<TRow> Bind<T>(string name, Func<TRow, T> column)
    {
        var values = new T[rows.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = column(rows[i]);
        command.Parameters.Add(new NpgsqlParameter<T[]>(name, values));
        return this;
    }

    /// <summary>One value for the whole set.</summary>
    public Statement<TRow> Bind<T>(string name, T value)
    {
        command.Parameters.Add(new NpgsqlParameter<T>(name, value));
        return this;
    }
}
