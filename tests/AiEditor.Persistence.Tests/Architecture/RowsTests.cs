using System.Reflection;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;
using AiEditor.Persistence.Tests.Support;
using Dapper;

namespace AiEditor.Persistence.Tests.Architecture;

/// <summary>Each table has its record, column for column; the record is also what goes over the wire.</summary>
public sealed class RowsTests
{
    /// <summary>Where the record's name does not lead to the table's.</summary>
    static readonly Dictionary<string, string> OddlyNamed = new() { [nameof(Receipt)] = "session_journal" };

    static readonly Dictionary<Type, string> Types = new()
    {
        [typeof(long)] = "bigint",
        [typeof(string)] = "text",
        [typeof(bool)] = "boolean",
        [typeof(Guid)] = "uuid",
        [typeof(DateTime)] = "timestamp with time zone",
        [typeof(Json)] = "json",
        [typeof(Sha256)] = "bytea",
        [typeof(IReadOnlyList<Attachment>)] = "json",
    };

    sealed record Column(string Table, string Name, string Type, bool IsNullable);

    [Test]
    public async Task Each_table_has_its_record_column_for_column()
    {
        await using var connection = await FilledDatabase.EmptyAsync();
        var columns = await connection.QueryAsync<Column>(
            """
            select table_name::text as "table", column_name::text as name, data_type::text as type,
                   is_nullable = 'YES' as "isNullable"
            from information_schema.columns
            where table_schema = 'public' and table_name <> 'VersionInfo'
              -- Of files only their bytes go over the wire, and what messages say of them.
              and table_name not like '%attachments' and table_name not like 'blob%'
            """
        );

        Assert.That(Differences(typeof(Session).Assembly.GetTypes().Where(IsRow), columns), Is.Empty);
    }

    [TestCase(typeof(Planted.Right), "")]
    [TestCase(typeof(Planted.Missing), "rights.name is in no record")]
    [TestCase(typeof(Planted.Extra), "Extra.Colour is in no table")]
    [TestCase(typeof(Planted.WrongType), "rights.id is bigint, WrongType.Id is Int32")]
    [TestCase(typeof(Planted.TooStrict), "rights.name may be null, TooStrict.Name may not")]
    [TestCase(typeof(Planted.TooLax), "rights.id may not be null, TooLax.Id may")]
    public void A_record_that_does_not_fit_is_seen(Type record, string complaint)
    {
        var table = record.Name == "Right" ? "rights" : Wire.Name(record.Name) + "s";
        Column[] columns = [new(table, "id", "bigint", false), new(table, "name", "text", true)];

        var differences = Differences([record], columns);

        Assert.That(
            string.Join("; ", differences),
            Is.EqualTo(complaint.Replace("rights", table, StringComparison.Ordinal))
        );
    }

    [Test]
    public void A_table_without_a_record_and_a_record_without_a_table_are_seen()
    {
        var differences = Differences([typeof(Planted.Right)], [new Column("lefts", "id", "bigint", false)]);

        Assert.That(differences, Is.EqualTo(new[] { "lefts has no record", "Right has no table" }));
    }

    static IEnumerable<string> Differences(IEnumerable<Type> records, IEnumerable<Column> columns)
    {
        var byTable = records.ToDictionary(r => OddlyNamed.GetValueOrDefault(r.Name, Wire.Name(r.Name) + "s"));
        var tables = columns.GroupBy(c => c.Table).ToArray();
        foreach (var table in tables)
            if (!byTable.Remove(table.Key, out var record))
                yield return $"{table.Key} has no record";
            else
                foreach (var difference in Differences(record, [.. table]))
                    yield return difference;
        foreach (var record in byTable.Values)
            yield return $"{record.Name} has no table";
    }

    static IEnumerable<string> Differences(Type record, IReadOnlyList<Column> columns)
    {
        var members = record
            .GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(p => p.CanWrite)
            .ToDictionary(p => Wire.Name(p.Name));
        foreach (var column in columns)
        {
            if (!members.Remove(column.Name, out var member))
            {
                yield return $"{column.Table}.{column.Name} is in no record";
                continue;
            }
            var bare = Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType;
            var (here, there) = ($"{column.Table}.{column.Name}", $"{record.Name}.{member.Name}");
            if ((bare.IsEnum ? "text" : Types.GetValueOrDefault(bare)) != column.Type)
                yield return $"{here} is {column.Type}, {there} is {bare.Name}";
            var mayBeNull = new NullabilityInfoContext().Create(member).ReadState == NullabilityState.Nullable;
            if (column.IsNullable && !mayBeNull)
                yield return $"{here} may be null, {there} may not";
            if (!column.IsNullable && mayBeNull)
                yield return $"{here} may not be null, {there} may";
        }
        foreach (var member in members.Values)
            yield return $"{record.Name}.{member.Name} is in no table";
    }

    /// <summary>Records with a row's identity; values inside rows, such as an attachment's name, have no table.</summary>
    static bool IsRow(Type type) =>
        type is { Namespace: "AiEditor.Persistence.Infrastructure.Rows", IsClass: true, IsNested: false }
            && type.GetProperty("SessionId") is not null
        || type == typeof(Session);
}
