using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using AiEditor.Persistence.Infrastructure.Postgres;
using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Live;

/// <summary>
/// Says that sessions have moved: at once to who follows them here, and to other instances by notifications, which are
/// gathered while one is under way. A hint that gets lost costs a moment, for followers also look by themselves.
/// </summary>
public sealed class Hints(Watch watch, NpgsqlDataSource database, ILogger<Hints> logger) : BackgroundService
{
    /// <summary>PostgreSQL's limit is 8000 bytes.</summary>
    const int PayloadAtMost = 7900;

    /// <summary>Between two notifications; each is a transaction, and takes a lock that all of them share.</summary>
    static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(10);

    readonly ConcurrentDictionary<long, long> waiting = new();
    readonly SemaphoreSlim isWaiting = new(0);

    /// <summary>To be called after the commit. Never waits.</summary>
    public void Say(long sessionId, long revision)
    {
        watch.Wake(sessionId, revision);
        waiting.AddOrUpdate(sessionId, revision, (_, before) => Math.Max(before, revision));
        if (isWaiting.CurrentCount == 0)
            isWaiting.Release();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
            try
            {
                await isWaiting.WaitAsync(stoppingToken);
                foreach (var payload in Payloads())
                    await NotifyAsync(payload, stoppingToken);
                await Task.Delay(Breath, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Nothing is owed: the followers elsewhere find out within seconds.
                logger.LogWarning("A hint could not be given: {Failure}", Failures.Describe(e));
            }
    }

    async Task NotifyAsync(string payload, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await connection.ExecuteAsync(
            new CommandDefinition(
                Sql.Notify,
                new { Listener.Channel, Payload = payload },
                cancellationToken: cancellation
            )
        );
    }

    IEnumerable<string> Payloads()
    {
        var payload = new StringBuilder();
        foreach (var sessionId in waiting.Keys)
            if (waiting.TryRemove(sessionId, out var revision))
            {
                payload.Append(CultureInfo.InvariantCulture, $"{sessionId}:{revision} ");
                if (payload.Length < PayloadAtMost - 40)
                    continue;
                yield return payload.ToString();
                payload.Clear();
            }
        if (payload.Length > 0)
            yield return payload.ToString();
    }
}
