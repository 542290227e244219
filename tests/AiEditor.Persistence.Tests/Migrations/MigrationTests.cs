using System.Text.RegularExpressions;
using AiEditor.Persistence.Tests.Architecture;
using AiEditor.Persistence.Tests.Support;
using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Tests.Migrations;

public sealed partial class MigrationTests
{
    const string Tables = """
        select tablename::text from pg_tables where schemaname = 'public' and tablename <> 'VersionInfo' order by 1
        """;

    // Everything a schema is made of, but for the columns' defaults of identity.
    const string Schema = """
        select string_agg(line, E'\n' order by line)
        from (
            select format('column %s.%s %s %s', table_name, column_name, data_type, is_nullable)
            from information_schema.columns where table_schema = 'public'
            union all
            select format('constraint %s %s', conname, pg_get_constraintdef(oid))
            from pg_constraint where connamespace = 'public'::regnamespace
            union all
            select indexdef from pg_indexes where schemaname = 'public'
            union all
            select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
        ) as lines (line)
        """;

    const string Names = """
        select conname::text from pg_constraint
        where connamespace = 'public'::regnamespace and conrelid <> '"VersionInfo"'::regclass
        union
        select indexname::text from pg_indexes where schemaname = 'public' and tablename <> 'VersionInfo'
        union
        select tgname::text from pg_trigger where not tgisinternal
        """;

    [Test]
    public async Task An_empty_database_gets_the_whole_schema_and_a_second_run_changes_nothing()
    {
        await using var database = await OldSchema.CreateAsync();

        await database.MigrateAsync();
        var first = await StateAsync(database.Connection);
        await database.MigrateAsync();
        var second = await StateAsync(database.Connection);

        Assert.That(first.Versions, Is.EqualTo(OldSchema.Versions));
        Assert.That(second.Schema, Is.EqualTo(first.Schema));
        Assert.That(second.Applied, Is.EqualTo(first.Applied));
    }

    [Test]
    public async Task The_subcommand_applies_what_is_missing_and_ends_well_each_time()
    {
        await using var database = await OldSchema.CreateAsync();
        await database.MigrateToAsync(OldSchema.Versions[^1] - 1);

        var first = await Service.RunAsync(["migrate"], ("DATABASE_URL", database.Url));
        var second = await Service.RunAsync(["migrate"], ("DATABASE_URL", database.Url));

        Assert.That((first.ExitCode, second.ExitCode), Is.EqualTo((0, 0)), first.Output + second.Output);
        Assert.That((await StateAsync(database.Connection)).Versions, Is.EqualTo(OldSchema.Versions));
    }

    [Test]
    public async Task Eight_processes_that_migrate_at_once_all_end_well_and_apply_each_migration_once()
    {
        await using var database = await OldSchema.CreateAsync();

        var runs = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Service.RunAsync(["migrate"], ("DATABASE_URL", database.Url)))
        );

        Assert.That(runs.Select(r => r.ExitCode), Is.All.Zero, string.Join('\n', runs.Select(r => r.Output)));
        Assert.That((await StateAsync(database.Connection)).Versions, Is.EqualTo(OldSchema.Versions));
    }

    /// <summary>Rows of every age go through every migration that came after them, and are still there as they were.</summary>
    [Test]
    public async Task Every_migration_keeps_the_rows_that_were_there_before_it()
    {
        await using var database = await OldSchema.CreateAsync();
        var old = new Dictionary<string, string[]>();

        foreach (var version in OldSchema.Versions)
        {
            await database.MigrateToAsync(version);
            await AssertKeptAsync(database.Connection, old, version);
            if (!Seeds.All.TryGetValue(version, out var seed))
                continue;
            await database.Connection.ExecuteAsync(seed);
            foreach (var table in await database.Connection.QueryAsync<string>(Tables))
                old[table] = await RowsAsync(database.Connection, table);
        }

        var tables = await database.Connection.QueryAsync<string>(Tables);
        Assert.That(
            tables.Where(t => old.GetValueOrDefault(t) is null or []),
            Is.Empty,
            "tables that Seeds has no rows of"
        );
    }

    [Test]
    public async Task A_row_that_a_migration_loses_is_seen()
    {
        await using var database = await OldSchema.CreateAsync();
        await database.MigrateToAsync(1);
        await database.Connection.ExecuteAsync(Seeds.All[1]);
        var old = new Dictionary<string, string[]> { ["sessions"] = await RowsAsync(database.Connection, "sessions") };

        await database.Connection.ExecuteAsync("update sessions set title = 'New' where id = 1");

        Assert.That(await LostAsync(database.Connection, old), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Every_constraint_index_and_trigger_was_named_by_its_author()
    {
        await using var connection = await FilledDatabase.EmptyAsync();
        var names = await connection.QueryAsync<string>(Names);
        var migrations = string.Concat(
            House.Sources.Where(s => s.Path.StartsWith("Migrations/", StringComparison.Ordinal)).Select(s => s.Text)
        );

        Assert.That(Unnamed(names, migrations), Is.Empty);
    }

    [TestCase("sessions_check1", "constraint sessions_pkey", true)]
    [TestCase("sessions_title_not_null", "constraint sessions_title_length", true)]
    [TestCase("sessions_pkey", "id bigint primary key", true)]
    [TestCase("sessions_pkey", "constraint sessions_pkey primary key (id)", false)]
    [TestCase("sessions_user_id_idx", "create index on sessions (user_id)", true)]
    [TestCase("sessions_user_id", "create index sessions_user_id_title on sessions", true)]
    [TestCase("sessions_user_id", "create unique index sessions_user_id on sessions", false)]
    public void A_name_that_the_system_made_up_is_seen(string name, string migration, bool isUnnamed)
    {
        Assert.That(Unnamed([name], migration), isUnnamed ? Is.EqualTo(new[] { name }) : Is.Empty);
    }

    /// <summary>What the design asks of every table: ids that do not run out, times with zones, text without a length.</summary>
    [Test]
    public async Task Tables_are_made_as_the_house_makes_them()
    {
        await using var connection = await FilledDatabase.EmptyAsync();
        var odd = await connection.QueryAsync<string>(
            """
            select format('%s.%s is %s', table_name, column_name, data_type)
            from information_schema.columns
            where table_schema = 'public' and table_name <> 'VersionInfo'
              and data_type in ('integer', 'smallint', 'character varying', 'character', 'timestamp without time zone', 'jsonb')
            union all
            select format('%s.%s has no identity', table_name, column_name)
            from information_schema.columns
            where table_schema = 'public' and table_name <> 'VersionInfo' and column_name = 'id' and is_identity = 'NO'
            union all
            select format('the key of %s does not lead with session_id', c.conrelid::regclass)
            from pg_constraint c
            join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
            where c.connamespace = 'public'::regnamespace and c.contype = 'p' and a.attname <> 'session_id'
              and c.conrelid not in ('sessions'::regclass, '"VersionInfo"'::regclass)
              -- Files are a user's, and bytes are nobody's but their own.
              and c.conrelid not in ('attachments'::regclass, 'blob_chunks'::regclass, 'blobs_adrift'::regclass)
            union all
            select format('%s does not cascade', conname)
            from pg_constraint where connamespace = 'public'::regnamespace and contype = 'f' and confdeltype <> 'c'
              -- These keep what is in use from being swept.
              and conname not in ('session_attachments_file_fkey', 'message_attachments_put_fkey')
            """
        );

        Assert.That(odd, Is.Empty);
    }

    [TestCase("update component_versions set jsx_code = 'rewritten' where session_id = @SessionId")]
    [TestCase("update component_versions set jsx_code = jsx_code where session_id = @SessionId")]
    [TestCase("delete from component_versions where session_id = @SessionId")]
    [TestCase("update session_journal set action = 'delete' where session_id = @SessionId")]
    [TestCase("update session_journal set key = gen_random_uuid() where session_id = @SessionId")]
    [TestCase("delete from session_journal where session_id = @SessionId and revision = 5")]
    public async Task History_is_not_rewritten(string sql)
    {
        await using var connection = await TestCluster.OpenAsync();
        var seed = await Seed.SessionAsync(connection, Actor.New().UserId);
        var before = await seed.EverythingAsync(connection);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() =>
            connection.ExecuteAsync(sql, new { seed.SessionId })
        );

        Assert.That(refusal!.SqlState, Is.EqualTo("42501"));
        Assert.That(await seed.EverythingAsync(connection), Is.EqualTo(before));
    }

    [Test]
    public async Task Erasing_a_session_takes_everything_in_it_along_and_nothing_else()
    {
        await using var connection = await TestCluster.OpenAsync();
        var erased = await Seed.SessionAsync(connection, Actor.New().UserId);
        var kept = await Seed.SessionAsync(connection, Actor.New().UserId);
        var before = await kept.EverythingAsync(connection);

        await connection.ExecuteAsync("delete from sessions where id = @SessionId", new { erased.SessionId });

        Assert.That(await erased.EverythingAsync(connection), Is.Null);
        Assert.That(await kept.EverythingAsync(connection), Is.EqualTo(before));
    }

    [Test]
    public async Task With_the_database_away_migrate_says_so_and_fails()
    {
        var (exitCode, output) = await Service.RunAsync(
            ["migrate"],
            ("DATABASE_URL", "postgresql://nobody:canary-password@127.0.0.1:1/nowhere")
        );

        Assert.That(exitCode, Is.EqualTo(1), output);
        Assert.That(output, Does.Contain("The migrations could not be applied: 127.0.0.1 cannot be reached"));
        Assert.That(output, Does.Not.Contain("   at "));
        Assert.That(output, Does.Not.Contain("canary-password"));
    }

    [Test]
    public async Task Without_the_right_to_make_tables_migrate_says_so_and_fails()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        var role = $"weak_{Guid.NewGuid():n}";
        await using var connection = await TestCluster.OpenAsync(url);
        await connection.ExecuteAsync($"create role {role} login password 'canary-password'");
        var weak = new NpgsqlConnectionStringBuilder(url) { Username = role, Password = "canary-password" };

        var (exitCode, output) = await Service.RunAsync(["migrate"], ("DATABASE_URL", weak.ConnectionString));

        Assert.That(exitCode, Is.EqualTo(1), output);
        Assert.That(
            output,
            Does.Contain("SQLSTATE 42501").And.Not.Contain("   at ").And.Not.Contain("canary-password")
        );
    }

    static async Task<(string Schema, IEnumerable<long> Versions, string Applied)> StateAsync(
        NpgsqlConnection connection
    )
    {
        var versions = await connection.QueryAsync<long>("""select "Version" from "VersionInfo" order by 1""");
        var applied = await connection.ExecuteScalarAsync<string>(
            """select string_agg(v::text, ';' order by "Version") from "VersionInfo" v"""
        );
        return ((await connection.ExecuteScalarAsync<string>(Schema))!, versions, applied!);
    }

    static async Task<string[]> RowsAsync(NpgsqlConnection connection, string table) =>
        [.. await connection.QueryAsync<string>($"select to_jsonb(t)::text from {table} t")];

    static async Task AssertKeptAsync(NpgsqlConnection connection, Dictionary<string, string[]> old, long version) =>
        Assert.That(await LostAsync(connection, old), Is.Empty, $"lost by migration {version}");

    /// <summary>Old rows that no present row contains; new columns are no loss.</summary>
    static async Task<string[]> LostAsync(NpgsqlConnection connection, Dictionary<string, string[]> old)
    {
        var lost = new List<string>();
        foreach (var (table, rows) in old)
            lost.AddRange(
                await connection.QueryAsync<string>(
                    $"""
                    select row from unnest(@rows) as row
                    where not exists (select from {table} t where to_jsonb(t) @> row::jsonb)
                    """,
                    new { rows }
                )
            );
        return [.. lost];
    }

    /// <summary>Names that no migration spells: PostgreSQL made them up, and may make up others.</summary>
    static IEnumerable<string> Unnamed(IEnumerable<string> names, string migrations)
    {
        var named = Naming().Matches(migrations).Select(m => m.Groups[1].Value).ToHashSet();
        return names.Where(name => !named.Contains(name));
    }

    [GeneratedRegex(@"\b(?:constraint|index|index concurrently|trigger)\s+(?:if not exists\s+)?(?!on\b)(\w+)")]
    private static partial Regex Naming();
}
