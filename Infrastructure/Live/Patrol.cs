using AiEditor.Persistence.Infrastructure.Postgres;
using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Live;

/// <summary>
/// Looks every two seconds whether a followed session has moved, all in one question. So streams keep up when no hint
/// arrives: behind a pooler that knows no LISTEN, or while a connection is being replaced.
/// </summary>
sealed class Patrol(Watch watch, NpgsqlDataSource database, ILogger<Patrol> logger) : BackgroundService
{
    static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Round);
        while (!stoppingToken.IsCancellationRequested)
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                var followed = watch.Sessions;
                if (followed.Count > 0)
                    await LookAsync(followed, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogWarning("Followed sessions could not be looked at: {Failure}", Failures.Describe(e));
            }
    }

    async Task LookAsync(IReadOnlyCollection<long> followed, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var revisions = await connection.QueryAsync<(long Id, long? Revision)>(
            new CommandDefinition(Sql.Revisions, new { Ids = followed.ToArray() }, cancellationToken: cancellation)
        );
        foreach (var (id, revision) in revisions)
            watch.Wake(id, revision ?? long.MaxValue);
    }
}
