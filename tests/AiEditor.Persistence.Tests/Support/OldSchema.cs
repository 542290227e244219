using System.Reflection;
using AiEditor.Persistence.Infrastructure.Postgres;
using FluentMigrator;
using FluentMigrator.Runner;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>A database whose schema is brought forward step by step, as if years went by.</summary>
sealed class OldSchema : IAsyncDisposable
{
    public required string Url { get; init; }

    public required NpgsqlConnection Connection { get; init; }

    /// <summary>The versions of all migrations, in order.</summary>
    public static IReadOnlyList<long> Versions { get; } =
    [
        .. typeof(Migrator)
            .Assembly.GetTypes()
            .Select(t => t.GetCustomAttribute<MigrationAttribute>()?.Version)
            .OfType<long>()
            .Order(),
    ];

    /// <summary>At version 0: empty.</summary>
    public static async Task<OldSchema> CreateAsync()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        return new OldSchema { Url = url, Connection = await TestCluster.OpenAsync(url) };
    }

    /// <summary>Forward to a version, and no further.</summary>
    public async Task MigrateToAsync(long version)
    {
        await using var runner = new ServiceCollection()
            .AddFluentMigratorCore()
            .ConfigureRunner(r =>
                r.AddPostgres15_0().WithGlobalConnectionString(Url).ScanIn(typeof(Migrator).Assembly).For.Migrations()
            )
            .BuildServiceProvider(validateScopes: false);
        await using var scope = runner.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<IMigrationRunner>().MigrateUp(version);
        // What a connection has prepared may not fit the schema any more.
        await Connection.ReloadTypesAsync();
    }

    /// <summary>To the end, as the service does it.</summary>
    public Task MigrateAsync() =>
        Migrator.RunAsync(new NpgsqlConnectionStringBuilder(Url), NullLogger.Instance, CancellationToken.None);

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
