using AiEditor.Persistence.Infrastructure.Attachments;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Live;
using AiEditor.Persistence.Infrastructure.Postgres;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Trash;

/// <summary>
/// Erases sessions for good. Past the journal, which goes too and so could not tell of it, and past its queue, where a long
/// cascade would hold up everyone else. Without a cancellation token: whoever hangs up must not leave it unknown.
/// </summary>
public sealed class Eraser(NpgsqlDataSource database, Files files, Hints hints, ILogger<Eraser> logger) : IDisposable
{
    /// <summary>An erasure takes every row of the session with it, and a session may have very many.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Files may be many, and lie in a store that is slow or away. The caller of an erasure waits for few of them.</summary>
    static readonly TimeSpan SweepPatience = TimeSpan.FromSeconds(5);

    /// <summary>They are rare and may take long; more at once would only take connections from everybody else.</summary>
    readonly SemaphoreSlim erasing = new(4);

    public async Task<Results<Removed, Problem>> EraseAsync(Target target)
    {
        if (!erasing.Wait(0))
            return Problem.Overloaded;
        try
        {
            return await EraseAloneAsync(target);
        }
        finally
        {
            erasing.Release();
        }
    }

    async Task<Results<Removed, Problem>> EraseAloneAsync(Target target)
    {
        await using var connection = await database.OpenConnectionAsync();
        if (await connection.ExecuteScalarAsync<bool>(Sql.KeyIsUsed, new { target.UserId, target.Key }))
            return Problem.KeyReused;
        var erased = await Durable.QueryAsync<long>(
            connection,
            Sql.Erase,
            Patience,
            new NpgsqlParameter<long>("Id", target.SessionId),
            new NpgsqlParameter<long>("UserId", target.UserId)
        );
        if (erased is not [var revision])
            return Problem.NotFound;
        hints.Say(target.SessionId, long.MaxValue);
        await FreeAsync(target.UserId);
        return new Removed(target, new Outcome(Revision: revision + 1));
    }

    /// <summary>The session is gone for certain, and that is the answer; files that cannot be freed now are swept later.</summary>
    async Task FreeAsync(long userId)
    {
        try
        {
            await files.FreeOfAsync(userId);
            using var patience = new CancellationTokenSource(SweepPatience);
            await files.SweepAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // The next sweep goes on from there.
        }
        catch (Exception e)
        {
            logger.LogWarning("Files were left to be swept: {Failure}", Failures.Describe(e));
        }
    }

    public void Dispose() => erasing.Dispose();
}
