using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Postgres;

/// <summary>Migrates in the background: with the database away, the process stays up, alive but not ready, until it comes.</summary>
public sealed class MigrateAtStart(
    NpgsqlConnectionStringBuilder settings,
    SchemaState schema,
    ILogger<MigrateAtStart> logger
) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!schema.IsCurrent && !stoppingToken.IsCancellationRequested)
            try
            {
                await Migrator.RunAsync(settings, logger, stoppingToken);
                schema.SetCurrent();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogWarning(
                    "The schema is not up to date yet: {Failure}; trying again",
                    e.GetBaseException().Message
                );
                // The database announces nothing; asking once a second is how one learns that it is back.
                await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
    }
}
