using FluentMigrator.Runner;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Postgres;

/// <summary>Applies the migrations, one process at a time however many start together.</summary>
public static class Migrator
{
    /// <summary>Any number will do, as long as it is this one everywhere.</summary>
    const long LockId = 7_203_114_091;
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static async Task RunAsync(
        NpgsqlConnectionStringBuilder settings,
        ILogger logger,
        CancellationToken cancellation
    )
    {
        // Unpooled: a session's advisory lock would outlive its return to a pool.
        var unpooled = new NpgsqlConnectionStringBuilder(settings.ConnectionString)
        {
            Pooling = false,
            MaxAutoPrepare = 0,
            // No client waits for this; a server that many instances start against at once may be slow to let them in.
            Timeout = 15,
            CommandTimeout = 60,
            // A change of schema that waits for one long query would make everybody else wait behind it.
            Options = settings.Options is { Length: > 0 } given ? given : "-c lock_timeout=10s",
        };
        await using var connection = new NpgsqlConnection(unpooled.ConnectionString);
        await connection.OpenAsync(cancellation);
        // Polled: waiting inside pg_advisory_lock would hold a snapshot that blocks index builds.
        while (!await TryLockAsync(connection, cancellation))
            await Task.Delay(Pause, cancellation);
        // Closing the connection, however that comes about, releases the lock.
        Apply(unpooled.ConnectionString, logger);
    }

    static async Task<bool> TryLockAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock(@Id)", connection);
        command.Parameters.AddWithValue("Id", LockId);
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    static void Apply(string connectionString, ILogger logger)
    {
        using var services = new ServiceCollection()
            .AddFluentMigratorCore()
            .ConfigureRunner(runner =>
                runner
                    .AddPostgres15_0()
                    .WithGlobalConnectionString(connectionString)
                    .WithGlobalCommandTimeout(TimeSpan.FromMinutes(30))
                    .ScanIn(typeof(Migrator).Assembly)
                    .For.Migrations()
            )
            .BuildServiceProvider(validateScopes: false);
        using var scope = services.CreateScope();
        var runner = scope.ServiceProvider.GetRequiredService<IMigrationRunner>();
        if (!runner.HasMigrationsToApplyUp())
            return;
        runner.MigrateUp();
        logger.LogInformation("The schema is up to date");
    }
}
