using System.Globalization;
using AiEditor.Persistence.Infrastructure.Postgres;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Live;

/// <summary>Hears other instances' hints, on a connection of its own that is opened anew whenever it breaks.</summary>
sealed class Listener(Watch watch, NpgsqlConnectionStringBuilder settings, ILogger<Listener> logger) : BackgroundService
{
    public const string Channel = "ai_editor_live";
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
            try
            {
                await using var connection = await ListenAsync(stoppingToken);
                pause = FirstPause;
                // What was said while nobody listened here is found by looking.
                foreach (var sessionId in watch.Sessions)
                    watch.Wake(sessionId, long.MaxValue);
                while (true)
                    await connection.WaitAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogWarning("Hints are not heard for the moment: {Failure}", Failures.Describe(e));
                pause = TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, LongestPause.Ticks));
                await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
    }

    async Task<NpgsqlConnection> ListenAsync(CancellationToken cancellation)
    {
        // Not from the pool: it is never given back. Asked for a sign of life, so that a silent death is noticed.
        var own = new NpgsqlConnectionStringBuilder(settings.ConnectionString)
        {
            Pooling = false,
            KeepAlive = 10,
            ApplicationName = "ai-editor-live",
        };
        var connection = new NpgsqlConnection(own.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellation);
            connection.Notification += (_, e) => Hear(e.Payload);
            await using var listen = new NpgsqlCommand($"listen {Channel}", connection);
            await listen.ExecuteNonQueryAsync(cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Anybody with access to the database can notify; what is no hint is passed over.</summary>
    void Hear(string payload)
    {
        foreach (var hint in payload.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            if (
                hint.Split(':') is [var id, var at]
                && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var sessionId)
                && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            )
                watch.Wake(sessionId, revision);
    }
}
