using AiEditor.Persistence.Infrastructure.Postgres;
using Npgsql;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>The tests' own PostgreSQL, started by the code that starts a developer's, in a folder that goes away again.</summary>
static class TestCluster
{
    static readonly string Folder = Path.Combine(Path.GetTempPath(), $"ai-editor-tests-{Environment.ProcessId}");
    static PrivateCluster? cluster;

    /// <summary>The database that the main service uses.</summary>
    public static string Url => cluster!.ConnectionString;

    public static void Start()
    {
        Directory.CreateDirectory(Folder);
        // PostgreSQL may run as another user than the tests.
        File.SetUnixFileMode(Folder, (UnixFileMode)0b111_101_101);
        cluster = PrivateCluster.Start(Folder);
    }

    public static void Stop()
    {
        cluster?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A new empty database, for tests that must not share one.</summary>
    public static async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Guid.NewGuid():n}";
        await using var source = NpgsqlDataSource.Create(Url);
        await using var create = source.CreateCommand($"create database {name}");
        await create.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(Url) { Database = name }.ConnectionString;
    }

    /// <summary>Opens a connection to look behind the service's back.</summary>
    public static async Task<NpgsqlConnection> OpenAsync(string? url = null)
    {
        // Unpooled: each test has a database of its own, whose pool nobody would ever use again.
        var settings = new NpgsqlConnectionStringBuilder(url ?? Url) { Pooling = false };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
