using System.Diagnostics;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>Waits for what announces itself to nobody, by asking.</summary>
static class Until
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? patience = null) =>
        TrueAsync(() => Task.FromResult(condition()), what, patience);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? patience = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > (patience ?? Patience))
                throw new TimeoutException($"Waited in vain until {what}.");
            await Task.Delay(10);
        }
    }
}
