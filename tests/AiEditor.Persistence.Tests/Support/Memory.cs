using System.Diagnostics;
using System.Globalization;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>What a process has in memory, as the kernel counts it.</summary>
static class Memory
{
    const int KiB = 1024;

    /// <summary>
    /// Gives a service's heap so much and no more, whatever the machine has. Collected when it is full and not beside the
    /// program: a collector that is still at work in the background lets a limited heap run out, now and then, of what is
    /// nearly all garbage.
    /// </summary>
    public static (string Name, string? Value)[] Heap(int mebibytes) =>
        [("DOTNET_GCHeapHardLimit", $"0x{mebibytes * KiB * KiB:x}"), ("DOTNET_gcConcurrent", "0")];

    public static long OfNow(Process process) => Status(process, "VmRSS:");

    /// <summary>The most it ever had. The kernel keeps it, so nobody has to watch, and no short peak is missed.</summary>
    public static long AtMost(Process process) => Status(process, "VmHWM:");

    static long Status(Process process, string name)
    {
        var line = File.ReadLines($"/proc/{process.Id}/status")
            .Single(l => l.StartsWith(name, StringComparison.Ordinal));
        return KiB * long.Parse(line[name.Length..].Replace("kB", ""), CultureInfo.InvariantCulture);
    }
}
