using System.Text.Json;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Rows;

/// <summary>
/// Writes rows as JSON without making objects of them, for answers of hundreds: a column is a member, under its name and in
/// its place, so that what a statement selects is what the wire shows.
/// </summary>
public sealed class RowsAsJson
{
    delegate void Write(NpgsqlDataReader row, int column, Utf8JsonWriter to);

    readonly NpgsqlDataReader rows;
    readonly (JsonEncodedText Name, Write Write)[] columns;

    /// <summary>For the result that the reader stands at.</summary>
    public RowsAsJson(NpgsqlDataReader rows)
    {
        this.rows = rows;
        columns = new (JsonEncodedText, Write)[rows.FieldCount];
        for (var i = 0; i < columns.Length; i++)
            columns[i] = (JsonEncodedText.Encode(rows.GetName(i)), Writer(rows.GetDataTypeName(i)));
    }

    /// <summary>The row that the reader stands on, as one object.</summary>
    public void WriteRow(Utf8JsonWriter to)
    {
        to.WriteStartObject();
        for (var i = 0; i < columns.Length; i++)
        {
            to.WritePropertyName(columns[i].Name);
            if (rows.IsDBNull(i))
                to.WriteNullValue();
            else
                columns[i].Write(rows, i, to);
        }
        to.WriteEndObject();
    }

    static Write Writer(string type) =>
        type switch
        {
            "bigint" => static (row, column, to) => to.WriteNumberValue(row.GetInt64(column)),
            "boolean" => static (row, column, to) => to.WriteBooleanValue(row.GetBoolean(column)),
            "uuid" => static (row, column, to) => to.WriteStringValue(row.GetGuid(column)),
            "timestamp with time zone" => static (row, column, to) => to.WriteStringValue(row.GetDateTime(column)),
            // As bytes they need no decoding here and no encoding there.
            "text" => static (row, column, to) => to.WriteStringValue(row.GetFieldValue<byte[]>(column)),
            "json" => static (row, column, to) => to.WriteRawValue(row.GetFieldValue<byte[]>(column), true),
            _ => throw new NotSupportedException($"Columns of type {type} are not written as JSON."),
        };
}
