using AiEditor.Persistence.Tests.Support;

// Fixtures run side by side unless they say otherwise: each makes users of its own, and users cannot see each other.
[assembly: Parallelizable(ParallelScope.All)]
[assembly: FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[assembly: LevelOfParallelism(4)]

namespace AiEditor.Persistence.Tests;

/// <summary>One PostgreSQL and one service for all tests; a test that breaks things starts its own.</summary>
[SetUpFixture]
public sealed class AssemblySetUp
{
    [OneTimeSetUp]
    public async Task StartAsync()
    {
        // Some tests ask the database without awaiting it. A pool that grows by a thread or two a second would make
        // everybody else wait for theirs, and times measured here would be its own.
        ThreadPool.SetMinThreads(64, 64);
        TestCluster.Start();
        Service.Main = await Service.StartAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (Service.Main is { } main)
            await main.DisposeAsync();
        TestCluster.Stop();
    }
}
