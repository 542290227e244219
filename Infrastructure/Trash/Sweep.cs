using AiEditor.Persistence.Infrastructure.Attachments;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Live;
using AiEditor.Persistence.Infrastructure.Postgres;
using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Trash;

/// <summary>TRASH_DAYS (default 30), and SWEEP_SECONDS (default 300) between two looks.</summary>
sealed record SweepSettings(int Days, TimeSpan Pause)
{
    /// <summary>Looked at before anything is started.</summary>
    public static SweepSettings Of(IConfiguration settings) =>
        new(
            HttpHouse.Whole(settings, "TRASH_DAYS", 0, 36_500, 30),
            TimeSpan.FromSeconds(HttpHouse.Whole(settings, "SWEEP_SECONDS", 1, 86_400, 300))
        );
}

/// <summary>
/// Takes out what has been in the trash for so long, and files that nobody names, by one instance at a time, in portions
/// that hold nobody up.
/// </summary>
sealed class Sweep(
    NpgsqlDataSource database,
    SchemaState schema,
    Files files,
    Hints hints,
    SweepSettings settings,
    ILogger<Sweep> logger
) : BackgroundService
{
    /// <summary>An arbitrary number that nobody else locks.</summary>
    const long Turn = 0x5EE9;
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Before the first migration there is nothing to look at, and nothing to warn of.
        if (!await schema.WhenCurrentAsync(stoppingToken))
            return;
        using var timer = new PeriodicTimer(settings.Pause);
        while (!stoppingToken.IsCancellationRequested)
            try
            {
                await SweepAsync(stoppingToken);
                await timer.WaitForNextTickAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // What is due stays due.
                logger.LogWarning("The trash could not be taken out: {Failure}", Failures.Describe(e));
                await Task.Delay(settings.Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
    }

    async Task SweepAsync(CancellationToken cancellation)
    {
        // The transaction holds the lock and nothing else: no snapshot, and no session of a pooler's beyond its end.
        await using var turn = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await turn.BeginTransactionAsync(cancellation);
        if (!await turn.ExecuteScalarAsync<bool>(Sql.TakeTurn, new { Turn }, transaction))
            return;
        while (await EraseAsync(cancellation)) { }
        foreach (var purge in (string[])[Sql.PurgeMessages, Sql.PurgeComponents, Sql.PurgeInteractions])
            while (await RunAsync<int>(purge, cancellation) is { Count: > 0 }) { }
        while (await RunAsync<int>(Sql.Unlink, cancellation) is { Count: > 0 }) { }
        await files.FreeDueAsync();
        await files.SweepAsync(cancellation);
    }

    /// <summary>One session at a time: it may be large, and others wait for none of it.</summary>
    async Task<bool> EraseAsync(CancellationToken cancellation)
    {
        if (await RunAsync<long>(Sql.EraseDue, cancellation) is not [var sessionId])
            return false;
        hints.Say(sessionId, long.MaxValue);
        return true;
    }

    async Task<IReadOnlyList<TRow>> RunAsync<TRow>(string sql, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await Durable.QueryAsync<TRow>(
            connection,
            sql,
            Patience,
            new NpgsqlParameter<int>("Days", settings.Days)
        );
    }
}
