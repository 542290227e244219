using System.Diagnostics;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>Waits for what announces itself to nobody, by asking.</summary>
static class Until
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
                throw new TimeoutException($"Waited in vain until {what}.");
            await Task.Delay(10);
        }
    }
}
