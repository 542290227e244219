using System.Diagnostics;
using AiEditor.Persistence.Infrastructure.Live;
using AiEditor.Persistence.Infrastructure.Postgres;

namespace AiEditor.Persistence.Features.StreamChanges;

/// <summary>The way out to one reader.</summary>
interface IOutlet
{
    /// <summary>Returns once the reader's side has room again; throws when it has none for too long.</summary>
    Task SendAsync(IReadOnlyList<Event> events);

    Task BeatAsync();

    Task CloseAsync();
}

/// <summary>Takes what happens from the journal to a reader, at the reader's pace.</summary>
static class Pump
{
    /// <summary>Between two signs of life.</summary>
    static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    /// <summary>Between two looks while the database is away.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(JournalReader journal, Watch.Follower follower, IOutlet outlet, Life life)
    {
        var quietSince = Stopwatch.GetTimestamp();
        try
        {
            // At once, so that the reader knows the stream to be open.
            await outlet.BeatAsync();
            while (true)
            {
                var (events, isAlive) = await NextAsync(journal, life.End);
                if (events.Count > 0)
                {
                    await outlet.SendAsync(events);
                    quietSince = Stopwatch.GetTimestamp();
                }
                if (!isAlive)
                    break;
                if (events.Count == JournalReader.PageSize)
                    continue;
                while (!await follower.HasMovedAsync(Left(quietSince), life.End))
                {
                    await outlet.BeatAsync();
                    quietSince = Stopwatch.GetTimestamp();
                }
            }
        }
        catch (OperationCanceledException) when (life.End.IsCancellationRequested)
        {
            // The reader left, its token expired, or the service stops: an end like any other.
        }
        await outlet.CloseAsync();
    }

    static TimeSpan Left(long since)
    {
        var left = Beat - Stopwatch.GetElapsedTime(since);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>A database that is away for a while ends no stream: nothing is missed, for the reader's place is known.</summary>
    static async Task<(IReadOnlyList<Event> Events, bool IsAlive)> NextAsync(
        JournalReader journal,
        CancellationToken cancellation
    )
    {
        while (true)
            try
            {
                return await journal.NextAsync(cancellation);
            }
            catch (Exception e) when (Failures.MayPass(e) && !cancellation.IsCancellationRequested)
            {
                await Task.Delay(Pause, cancellation);
            }
    }
}
