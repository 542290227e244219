using System.Threading.RateLimiting;

namespace AiEditor.Persistence.Infrastructure.Attachments;

/// <summary>
/// How much of what takes long may be under way: so many in all, since each takes room on the disk or a connection, and so
/// many of one user, since bodies come and answers go as slowly as their user likes. Others wait for a while.
/// </summary>
public sealed class Places(int all, int each)
{
    const int WaitingAtMost = 100;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly PartitionedRateLimiter<long> places = PartitionedRateLimiter.CreateChained(
        Limit(user => user, each),
        Limit(_ => 0, all)
    );

    /// <summary>Null when none got free in time. To be disposed of.</summary>
    public async Task<IDisposable?> TakeAsync(long userId, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            var lease = await places.AcquireAsync(userId, 1, patience.Token);
            return lease.IsAcquired ? lease : null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    static PartitionedRateLimiter<long> Limit(Func<long, long> partition, int permits) =>
        PartitionedRateLimiter.Create<long, long>(user =>
            RateLimitPartition.GetConcurrencyLimiter(
                partition(user),
                _ => new ConcurrencyLimiterOptions { PermitLimit = permits, QueueLimit = WaitingAtMost }
            )
        );
}
