using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Journeys;

/// <summary>What the Dockerfile says is done and run, as far as that goes without a container engine.</summary>
public sealed class ContainerJourney
{
    [Test]
    [Platform(Include = "Linux")]
    public async Task The_published_service_runs_read_only_and_unprivileged_and_stops_gracefully()
    {
        var (exitCode, output) = await Repository.RunAsync(
            "",
            ["bash", "tests/container/publish-and-run"],
            TimeSpan.FromMinutes(5),
            ("DATABASE_URL", await TestCluster.CreateDatabaseAsync()),
            ("MSBUILDDISABLENODEREUSE", "1"),
            ("UseSharedCompilation", "false")
        );

        Assert.That(exitCode, Is.Zero, output);
    }

    [Test]
    public async Task The_health_check_subcommand_tells_a_ready_service_from_none()
    {
        var port = Service.Main.Address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

        var (ready, _) = await Service.RunAsync(["healthcheck"], ("PORT", port));
        var (absent, complaint) = await Service.RunAsync(["healthcheck"], ("PORT", "1"));

        Assert.That(ready, Is.Zero);
        Assert.That(absent, Is.EqualTo(1));
        Assert.That(complaint, Does.Contain("http://127.0.0.1:1/health/ready did not answer"));
    }
}
