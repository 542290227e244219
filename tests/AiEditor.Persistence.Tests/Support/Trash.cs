using System.Globalization;
using Npgsql;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>Where deleted sessions lie. Behind the service's back, so that a slice's test needs no other slice than its own.</summary>
static class Trash
{
    public static async Task PutAsync(string sessionPath)
    {
        await using var connection = await TestCluster.OpenAsync();
        await using var update = new NpgsqlCommand("update sessions set deleted_at = now() where id = $1", connection);
        update.Parameters.AddWithValue(long.Parse(sessionPath.Split('/')[^1], CultureInfo.InvariantCulture));
        Assert.That(await update.ExecuteNonQueryAsync(), Is.EqualTo(1));
    }
}
