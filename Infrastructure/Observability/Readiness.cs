using AiEditor.Persistence.Infrastructure.Http;

namespace AiEditor.Persistence.Infrastructure.Observability;

/// <summary>
/// Shutting down begins with saying so: readiness fails while requests are still served, for as long as SHUTDOWN_DELAY
/// says (seconds; default 0 in Development, 3 elsewhere), so that a load balancer looks away before the door closes.
/// </summary>
public sealed class Readiness(IConfiguration settings, IHostEnvironment environment) : IHostedLifecycleService
{
    readonly TimeSpan delay = TimeSpan.FromSeconds(
        HttpHouse.Whole(settings, "SHUTDOWN_DELAY", 0, 15, environment.IsDevelopment() ? 0 : 3)
    );

    public bool IsStopping { get; private set; }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        IsStopping = true;
        await Task.Delay(delay, cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
