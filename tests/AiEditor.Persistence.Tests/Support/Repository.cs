using System.Diagnostics;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>The sources these tests were built from, and programs run in them.</summary>
static class Repository
{
    public static string Root { get; } = Find();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Runs a program to its end in a folder of the repository; the output holds both of its streams.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string folder,
        string[] command,
        TimeSpan patience,
        params (string Name, string? Value)[] settings
    )
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = PathOf(folder),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return (process.ExitCode, await output + await errors);
    }

    static string Find()
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AiEditor.Persistence.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside their repository.");
    }
}
