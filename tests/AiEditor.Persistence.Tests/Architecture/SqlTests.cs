using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AiEditor.Persistence.Tests.Support;
using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Tests.Architecture;

/// <summary>Every statement in the service fits the schema, and none of them reads a big table from end to end.</summary>
public sealed class SqlTests
{
    static readonly string[] BigTables =
    [
        "sessions",
        "session_journal",
        "chat_messages",
        "components",
        "component_versions",
        "interactions",
        "attachments",
        "session_attachments",
        "message_attachments",
        "blob_chunks",
        "blobs_adrift",
    ];

    static NpgsqlConnection database = null!;

    [OneTimeSetUp]
    public static async Task FillAsync() => database = await FilledDatabase.OpenAsync();

    [OneTimeTearDown]
    public static async Task CloseAsync() => await database.DisposeAsync();

    [Test]
    public async Task Every_statement_fits_the_schema_and_scans_no_big_table_and_planted_ones_do_not_pass()
    {
        var planted = await ComplaintsAsync(Statements(typeof(Planted.Sql).Assembly));
        var real = await ComplaintsAsync(Statements(House.Service));

        Assert.That(real, Is.Empty);
        Assert.That(
            planted.Select(c => c[..c.IndexOf(':')]),
            Is.EqualTo(
                new[]
                {
                    "Planted.Sql.UnknownColumn",
                    "Planted.Sql.UnknownSecondStatement",
                    "Planted.Sql.WrongType",
                    "Planted.Sql.ScansEveryMessage",
                    "Planted.Sql.ForgetsTheSession",
                    "Planted.Sql.WalksAWholeIndex",
                    "Planted.Sql.ScansToDelete",
                    "Planted.Sql.ScansInASubquery",
                }
            ),
            string.Join('\n', planted)
        );
    }

    [Test]
    public void The_statements_of_the_house_are_found()
    {
        var names = Statements(House.Service).Select(s => s.Name).ToArray();

        Assert.That(names, Does.Contain("Journal.Sql.Lock"));
        Assert.That(names, Does.Contain("SaveMessage.Sql.Insert"));
        Assert.That(
            Statements(typeof(Planted.Sql).Assembly).Select(s => s.Name),
            Does.Not.Contain("Planted.Sql.Columns")
        );
    }

    [TestCase("select 1; select ';' -- ;\n; commit", "select 1|select ';' -- ;|commit")]
    [TestCase("select @Id::int, @Other, @Id", "select $1::int, $2, $1")]
    [TestCase("select '@Id', a @> b -- @Id", "select '@Id', a @> b -- @Id")]
    public void Texts_become_statements_with_numbered_parameters(string text, string expected)
    {
        Assert.That(string.Join('|', Split(text)), Is.EqualTo(expected));
    }

    /// <summary>Constants of types named Sql; private ones are fragments and are looked at as part of the others.</summary>
    static IEnumerable<(string Name, string Text)> Statements(Assembly assembly) =>
        from type in assembly.GetTypes()
        where type.Name == "Sql"
        from field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
        where field is { IsLiteral: true, IsPrivate: false } && field.FieldType == typeof(string)
        select ($"{type.Namespace!.Split('.')[^1]}.Sql.{field.Name}", (string)field.GetRawConstantValue()!);

    static async Task<List<string>> ComplaintsAsync(IEnumerable<(string Name, string Text)> texts)
    {
        var leading = (
            await database.QueryAsync<(string Index, string Column)>(
                """
                select c.relname::text, pg_get_indexdef(i.indexrelid, 1, true)
                from pg_index i join pg_class c on c.oid = i.indexrelid
                where c.relnamespace = 'public'::regnamespace
                """
            )
        ).ToDictionary(i => i.Index, i => i.Column);
        var complaints = new List<string>();
        await database.ExecuteAsync("set plan_cache_mode = force_generic_plan");
        foreach (var (name, text) in texts)
        foreach (var statement in Split(text).Where(s => !IsTransactionControl(s)))
            try
            {
                await database.ExecuteAsync("deallocate all");
                await database.ExecuteAsync($"prepare checked as {statement}");
                var scans = Scans(await PlanAsync(), leading).ToArray();
                if (scans.Length > 0)
                    complaints.Add($"{name}: {string.Join("; ", scans)}");
            }
            catch (PostgresException e)
            {
                complaints.Add($"{name}: {e.MessageText}");
            }
        return complaints;
    }

    static async Task<JsonElement> PlanAsync()
    {
        var parameters = await database.ExecuteScalarAsync<int>(
            "select cardinality(parameter_types) from pg_prepared_statements where name = 'checked'"
        );
        var arguments = parameters == 0 ? "" : $"({string.Join(", ", Enumerable.Repeat("null", parameters))})";
        var plan = await database.ExecuteScalarAsync<string>($"explain (format json) execute checked{arguments}");
        return JsonDocument.Parse(plan!).RootElement[0].GetProperty("Plan");
    }

    /// <summary>A table, or an index of it, that is read from end to end; an index's first column must be looked up.</summary>
    static IEnumerable<string> Scans(JsonElement node, IReadOnlyDictionary<string, string> leading)
    {
        var kind = node.GetProperty("Node Type").GetString()!;
        var index = node.TryGetProperty("Index Name", out var name) ? name.GetString()! : null;
        var condition = node.TryGetProperty("Index Cond", out var given) ? given.GetString()! : "";
        if (kind == "Seq Scan" && BigTables.Contains(node.GetProperty("Relation Name").GetString()))
            yield return $"Seq Scan on {node.GetProperty("Relation Name")}";
        else if (index is not null && !Regex.IsMatch(condition, $@"\b{Regex.Escape(leading[index].Trim('"'))}\b"))
            yield return $"{kind} along all of {index}";
        if (node.TryGetProperty("Plans", out var below))
            foreach (var scan in below.EnumerateArray().SelectMany(n => Scans(n, leading)))
                yield return scan;
    }

    static bool IsTransactionControl(string statement) =>
        Regex.IsMatch(statement, @"^(begin|commit|rollback)\b", RegexOptions.IgnoreCase);

    /// <summary>The statements of a text, with @Names as $1, $2, ...; what stands in quotes and comments is left alone.</summary>
    static IEnumerable<string> Split(string text)
    {
        const string Tokens = """'(?:[^']|'')*'|--[^\n]*|(?<end>;)|(?<![@\w])@(?<name>[A-Za-z]\w*)|.""";
        var statement = new StringBuilder();
        var names = new List<string>();
        foreach (Match token in Regex.Matches(text, Tokens, RegexOptions.Singleline))
        {
            if (token.Groups["end"].Success)
            {
                yield return statement.ToString().Trim();
                statement.Clear();
                names.Clear();
            }
            else if (token.Groups["name"] is { Success: true, Value: var name })
            {
                if (!names.Contains(name))
                    names.Add(name);
                statement.Append(null, $"${names.IndexOf(name) + 1}");
            }
            else
                statement.Append(token.Value);
        }
        if (statement.ToString().Trim() is { Length: > 0 } last)
            yield return last;
    }
}
