using AiEditor.Persistence.Infrastructure.Postgres;
using Npgsql;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>A PostgreSQL of a test's own that can be made to wait for a standby that never answers.</summary>
sealed class StrandedCluster : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly string folder = Path.Combine(Path.GetTempPath(), $"ai-editor-stranded-{Guid.NewGuid():n}");
    readonly PrivateCluster cluster;

    public StrandedCluster()
    {
        Directory.CreateDirectory(folder);
        // PostgreSQL may run as another user than the tests.
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        cluster = PrivateCluster.Start(folder);
    }

    public string Url => cluster.ConnectionString;

    /// <summary>From here on, whatever commits waits.</summary>
    public async Task LoseStandbyAsync()
    {
        await using var connection = await TestCluster.OpenAsync(Url);
        await ExecuteAsync(connection, "alter system set synchronous_standby_names = 'nobody'");
        await ExecuteAsync(connection, "select pg_reload_conf()");
        await UntilAsync(connection, "select current_setting('synchronous_standby_names') = 'nobody'");
    }

    /// <summary>Waits until a commit waits, and makes it give up, as an operator in need would.</summary>
    public async Task CancelWaitAsync()
    {
        await using var connection = await TestCluster.OpenAsync(Url);
        await UntilAsync(
            connection,
            "select coalesce(bool_or(pg_cancel_backend(pid)), false) from pg_stat_activity where wait_event = 'SyncRep'"
        );
    }

    public void Dispose()
    {
        cluster.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    static async Task UntilAsync(NpgsqlConnection connection, string question)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await IsTrueAsync(connection, question))
            await Task.Delay(20, patience.Token);
    }

    static async Task<bool> IsTrueAsync(NpgsqlConnection connection, string question)
    {
        await using var command = new NpgsqlCommand(question, connection);
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
