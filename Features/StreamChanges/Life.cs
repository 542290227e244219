using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;

namespace AiEditor.Persistence.Features.StreamChanges;

/// <summary>How long a stream may live: until its reader leaves, its token expires, or the service stops.</summary>
sealed class Life : IDisposable
{
    readonly CancellationTokenSource expiry;
    readonly CancellationTokenSource end;
    bool isOver;

    Life(CancellationTokenSource expiry, CancellationTokenSource end, CancellationToken stopping) =>
        (this.expiry, this.end, Stopping) = (expiry, end, stopping);

    public CancellationToken End => end.Token;
    public CancellationToken Stopping { get; }
    public bool IsExpired => expiry.IsCancellationRequested;

    public void Finish()
    {
        if (!isOver)
            end.Cancel();
    }

    public static Life Of(HttpContext context, IHostApplicationLifetime host)
    {
        // To the second: the skew is for clocks that differ when a request comes in, and gives nobody a longer life. Whoever
        // is let in on it alone finds a stream that is over.
        var ticket = context.Features.GetRequiredFeature<IAuthenticateResultFeature>().AuthenticateResult!;
        var left = ticket.Properties!.ExpiresUtc!.Value - DateTimeOffset.UtcNow;
        // A timer counts 49 days at most; a token that lives longer outlives every connection anyway.
        var expiry = new CancellationTokenSource(
            TimeSpan.FromMilliseconds(Math.Clamp(left.TotalMilliseconds, 0, int.MaxValue))
        );
        return new Life(
            expiry,
            CancellationTokenSource.CreateLinkedTokenSource(
                expiry.Token,
                context.RequestAborted,
                host.ApplicationStopping
            ),
            host.ApplicationStopping
        );
    }

    public void Dispose()
    {
        isOver = true;
        end.Dispose();
        expiry.Dispose();
    }
}
