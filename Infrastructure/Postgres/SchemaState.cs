namespace AiEditor.Persistence.Infrastructure.Postgres;

/// <summary>Whether this instance knows the schema to be the one it was built for.</summary>
public sealed class SchemaState
{
    readonly TaskCompletionSource current = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsCurrent => current.Task.IsCompleted;

    public void SetCurrent() => current.TrySetResult();

    /// <summary>False when cancelled before.</summary>
    public async Task<bool> WhenCurrentAsync(CancellationToken cancellation)
    {
        await current.Task.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return IsCurrent;
    }
}
