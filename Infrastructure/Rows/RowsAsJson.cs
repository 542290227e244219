using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using AiEditor.Persistence.Infrastructure.Http;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Rows;

/// <summary>
/// Writes rows as JSON without making objects of them or of their cells, for answers of hundreds: a column is a member, under
/// its name and in its place, so that what a statement selects is what the wire shows, spelt as <see cref="Wire.Options"/>
/// spell it.
/// </summary>
public sealed class RowsAsJson
{
    delegate void Write(NpgsqlDataReader row, int column, RentedBuffer to);

    /// <summary>By the names of columns, what stands before a member's value; the comma is for all but the first.</summary>
    static readonly ConcurrentDictionary<string, byte[]> Names = new();

    const int LongestEscape = 6;

    readonly NpgsqlDataReader rows;
    readonly (byte[] Name, Write Write)[] columns;

    /// <summary>For the result that the reader stands at.</summary>
    public RowsAsJson(NpgsqlDataReader rows)
    {
        this.rows = rows;
        columns = new (byte[], Write)[rows.FieldCount];
        for (var i = 0; i < columns.Length; i++)
            columns[i] = (
                Names.GetOrAdd(rows.GetName(i), static name => Encoding.UTF8.GetBytes($",\"{name}\":")),
                Writer(rows.GetDataTypeName(i))
            );
    }

    /// <summary>The row that the reader stands on, as one object.</summary>
    public void WriteRow(RentedBuffer to)
    {
        to.Add("{"u8);
        for (var i = 0; i < columns.Length; i++)
        {
            to.Add(i == 0 ? columns[i].Name.AsSpan(1) : columns[i].Name);
            if (rows.IsDBNull(i))
                to.Add("null"u8);
            else
                columns[i].Write(rows, i, to);
        }
        to.Add("}"u8);
    }

    static Write Writer(string type) =>
        type switch
        {
            "bigint" => static (row, column, to) => Add(row.GetInt64(column), to),
            "boolean" => static (row, column, to) => to.Add(row.GetBoolean(column) ? "true"u8 : "false"u8),
            "uuid" => static (row, column, to) => Add(row.GetGuid(column), to),
            "timestamp with time zone" => static (row, column, to) => Add(row.GetDateTime(column), to),
            "text" => static (row, column, to) => AddText(row, column, to),
            "json" => static (row, column, to) => to.Advance(to.Take(row, column).Length),
            _ => throw new NotSupportedException($"Columns of type {type} are not written as JSON."),
        };

    static void Add(long value, RentedBuffer to)
    {
        Utf8Formatter.TryFormat(value, to.Room(20), out var length);
        to.Advance(length);
    }

    static void Add(Guid value, RentedBuffer to)
    {
        var room = to.Room(38);
        Utf8Formatter.TryFormat(value, room[1..], out _);
        room[0] = room[37] = (byte)'"';
        to.Advance(38);
    }

    /// <summary>In UTC, and without zeros at the end of the fraction.</summary>
    static void Add(DateTime value, RentedBuffer to)
    {
        var room = to.Room(30);
        room[0] = (byte)'"';
        Utf8Formatter.TryFormat(value, room[1..], out var length, 'O');
        var end = room[..length].LastIndexOfAnyExcept((byte)'0') + 1;
        if (room[end - 1] == '.')
            end--;
        "Z\""u8.CopyTo(room[end..]);
        to.Advance(end + 2);
    }

    /// <summary>It is UTF-8 already, and most needs no escape: then it stands in its place once it is copied.</summary>
    static void AddText(NpgsqlDataReader row, int column, RentedBuffer to)
    {
        to.Add("\""u8);
        var text = to.Take(row, column);
        var plain = Wire.Encoder.FindFirstCharacterToEncodeUtf8(text) is >= 0 and var first ? first : text.Length;
        if (plain < text.Length)
        {
            using var rest = new RentedBuffer(text.Length - plain);
            rest.Add(text[plain..]);
            to.Advance(plain);
            AddEscaped(rest.Written.Span, to);
        }
        else
            to.Advance(plain);
        to.Add("\""u8);
    }

    static void AddEscaped(ReadOnlySpan<byte> text, RentedBuffer to)
    {
        while (!text.IsEmpty)
        {
            Wire.Encoder.EncodeUtf8(text, to.Room(text.Length + LongestEscape), out var read, out var written);
            to.Advance(written);
            text = text[read..];
        }
    }
}
