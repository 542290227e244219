using AiEditor.Persistence.Infrastructure.Postgres;
using AiEditor.Persistence.Tests.Support;
using Npgsql;

namespace AiEditor.Persistence.Tests.Infrastructure;

/// <summary>2xx means durable, on the synchronous standby too where one is promised.</summary>
public sealed class DurabilityTests
{
    [Test]
    public async Task Without_its_synchronous_standby_a_save_is_unknown_and_its_retry_waits_until_it_is_durable()
    {
        var folder = Directory.CreateTempSubdirectory("ai-editor-standby-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        using var cluster = PrivateCluster.Start(folder);
        await using var service = await Service.StartAsync(("DATABASE_URL", cluster.ConnectionString));
        await using var behind = await TestCluster.OpenAsync(cluster.ConnectionString);
        var user = Actor.New(service);
        var session = await user.SessionPath();
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var message = new { role = "user", content = "Is it safe?" };

        await RunAsync(behind, "alter system set synchronous_standby_names = 'nobody'");
        await RunAsync(behind, "select pg_reload_conf()");
        var alone = await user.Post($"{session}/messages", message, key);
        var aloneAgain = await user.Post($"{session}/messages", message, key);
        var receipt = await user.Get($"/v1/operations/{key.Item2}");
        await RunAsync(behind, "alter system reset synchronous_standby_names");
        await RunAsync(behind, "select pg_reload_conf()");
        var durable = await user.Post($"{session}/messages", message, key);

        Assert.That((alone.Status, alone.Code), Is.EqualTo((503, "unavailable")), alone.Text);
        Assert.That((aloneAgain.Status, aloneAgain.Code), Is.EqualTo((503, "unavailable")), aloneAgain.Text);
        Assert.That(receipt.Status, Is.EqualTo(503), receipt.Text);
        Assert.That((durable.Status, durable.Replayed, durable.Revision), Is.EqualTo((201, true, 2L)), durable.Text);
        Assert.That((await user.Get(session)).Json.GetProperty("messages").GetArrayLength(), Is.EqualTo(1));
        cluster.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
