using System.Diagnostics;
using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class HealthTests
{
    [TestCase("live")]
    [TestCase("ready")]
    public async Task A_healthy_service_says_so_to_anyone(string question)
    {
        var answer = await AskAsync(Service.Main, $"/health/{question}");

        Assert.That((answer.Status, answer.Text), Is.EqualTo((200, $$"""{"status":"{{question}}"}""")));
    }

    [Test]
    public async Task Without_its_database_it_lives_but_is_not_ready()
    {
        // Port 1 answers nobody.
        await using var service = await Service.LaunchAsync(("DATABASE_URL", "postgresql://u:p@127.0.0.1:1/d"));

        var live = await AskAsync(service, "/health/live");
        var start = Stopwatch.GetTimestamp();
        var ready = await AskAsync(service, "/health/ready");

        Assert.That(live.Status, Is.EqualTo(200));
        Assert.That((ready.Status, ready.Code), Is.EqualTo((503, "unavailable")), ready.Text);
        Assert.That(ready.Headers, Does.ContainKey("Retry-After"));
        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(5)));
    }

    [Test]
    public async Task A_database_that_goes_away_takes_readiness_with_it_and_brings_it_back()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(("DATABASE_URL", url));

        // One that was being let in while the door closed is not listed yet and stays: until none is left.
        Answer? without = null;
        await Until.TrueAsync(
            async () =>
            {
                await ConnectionsAsync(url, allowed: false);
                without = await AskAsync(service, "/health/ready");
                return without.Status != 200;
            },
            "it is no longer ready"
        );
        // The first met a connection that was cut; this one is refused a new one.
        var still = await AskAsync(service, "/health/ready");
        await ConnectionsAsync(url, allowed: true);
        await service.UntilReadyAsync();

        Assert.That((without!.Status, without.Code), Is.EqualTo((503, "unavailable")), without.Text);
        Assert.That((still.Status, still.Code), Is.EqualTo((503, "unavailable")), still.Text);
    }

    [TestCase("/health/live")]
    [TestCase("/health/ready")]
    public async Task Only_reading_is_allowed(string path)
    {
        using var response = await Service.Main.Http.PostAsync(path, null);
        var answer = await Answer.ReadAsync(response);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((405, "method_not_allowed")), answer.Text);
        Assert.That(answer.Headers["Allow"], Does.Contain("GET"));
    }

    static async Task<Answer> AskAsync(Service service, string path)
    {
        using var response = await service.Http.GetAsync(path);
        return await Answer.ReadAsync(response);
    }

    /// <summary>Closes a database to everyone, those inside included, or opens it again.</summary>
    static async Task ConnectionsAsync(string url, bool allowed)
    {
        var name = new Npgsql.NpgsqlConnectionStringBuilder(url).Database!;
        await using var connection = await TestCluster.OpenAsync();
        foreach (
            var sql in (string[])
                [
                    $"alter database {name} allow_connections {allowed}",
                    $"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{name}' and not {allowed}",
                ]
        )
        {
            await using var command = new Npgsql.NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
