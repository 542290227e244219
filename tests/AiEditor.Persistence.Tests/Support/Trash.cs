using System.Globalization;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>Where deleted sessions lie until they are restored or erased.</summary>
static class Trash
{
    /// <summary>Puts a session there behind the service's back.</summary>
    public static async Task PutAsync(string sessionPath)
    {
        await using var connection = await TestCluster.OpenAsync();
        await using var put = connection.CreateCommand();
        put.CommandText = "update sessions set deleted_at = now() where id = $1";
        put.Parameters.Add(
            new Npgsql.NpgsqlParameter<long>
            {
                TypedValue = long.Parse(sessionPath.Split('/')[^1], CultureInfo.InvariantCulture),
            }
        );
        Assert.That(await put.ExecuteNonQueryAsync(), Is.EqualTo(1));
    }
}
