using Npgsql;
using Respawn;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>
/// A fixture that needs the whole database for itself: one of its own with a service on it, empty before each test. Its
/// tests run alone and one after the other, so keep to users of your own wherever that is enough.
/// </summary>
[NonParallelizable]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public abstract class OwnDatabase
{
    Respawner respawner = null!;

    private protected string Url { get; private set; } = null!;

    private protected Service Service { get; private set; } = null!;

    /// <summary>Environment variables of the service.</summary>
    private protected virtual (string Name, string? Value)[] Settings => [];

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        Url = await TestCluster.CreateDatabaseAsync();
        Service = await Service.StartAsync([("DATABASE_URL", Url), .. Settings]);
        await using var connection = await TestCluster.OpenAsync(Url);
        respawner = await Respawner.CreateAsync(
            connection,
            new RespawnerOptions
            {
                DbAdapter = DbAdapter.Postgres,
                SchemasToInclude = ["public"],
                TablesToIgnore = ["VersionInfo"],
                // Ids go on where they were: the service remembers who owned the ones before.
                WithReseed = false,
            }
        );
    }

    [SetUp]
    public async Task EmptyAsync()
    {
        await using var connection = await OpenAsync();
        await respawner.ResetAsync(connection);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (Service is { } service)
            await service.DisposeAsync();
    }

    private protected Task<NpgsqlConnection> OpenAsync() => TestCluster.OpenAsync(Url);
}
