using Dapper;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>The same test three times over: each finds the database empty, whatever the one before has left.</summary>
public sealed class OwnDatabaseTests : OwnDatabase
{
    static int running;

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public async Task Each_test_begins_with_an_empty_database_and_nobody_else_in_it(int turn)
    {
        Assert.That(Interlocked.Increment(ref running), Is.EqualTo(1));
        await using var connection = await OpenAsync();
        var before = await connection.ExecuteScalarAsync<long>("select count(*) from session_journal");

        var user = Actor.New(Service);
        await user.Message(await user.SessionPath($"Turn {turn}"));

        var after = await connection.ExecuteScalarAsync<long>("select count(*) from session_journal");
        Assert.That((before, after), Is.EqualTo((0L, 2L)));
        Interlocked.Decrement(ref running);
    }
}
