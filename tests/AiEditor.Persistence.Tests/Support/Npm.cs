using System.ComponentModel;
using System.Diagnostics;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>npm in a folder of the repository that has a package-lock.json. Where there is no npm, the test is skipped.</summary>
sealed class Npm
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    readonly string folder;
    readonly string otherwise;
    readonly Lazy<Task> installed;

    /// <param name="folder">Where the lock file lies.</param>
    /// <param name="otherwise">What is left untried without npm, for the message.</param>
    public Npm(string folder, string otherwise)
    {
        this.folder = folder;
        this.otherwise = otherwise;
        installed = new(InstallAnewAsync);
    }

    /// <summary>Once, and only if what is installed is older than the lock file.</summary>
    public Task InstallAsync() => installed.Value;

    public async Task<(int ExitCode, string Output)> RunAsync(
        string[] arguments,
        params (string Name, string? Value)[] settings
    )
    {
        try
        {
            return await Repository.RunAsync(folder, ["npm", "--silent", .. arguments], Patience, settings);
        }
        catch (Win32Exception)
        {
            Assert.Ignore($"npm is not installed: {otherwise}.");
            throw;
        }
    }

    /// <summary>Starts a program of what is installed; its standard output is the caller's to read.</summary>
    public Process StartNode(params string[] arguments)
    {
        try
        {
            return Process.Start(
                new ProcessStartInfo("node", arguments)
                {
                    WorkingDirectory = Repository.PathOf(folder),
                    RedirectStandardOutput = true,
                }
            )!;
        }
        catch (Win32Exception)
        {
            Assert.Ignore($"Node.js is not installed: {otherwise}.");
            throw;
        }
    }

    async Task InstallAnewAsync()
    {
        var lockFile = Repository.PathOf(folder, "package-lock.json");
        var done = Repository.PathOf(folder, "node_modules", ".package-lock.json");
        if (File.Exists(done) && File.GetLastWriteTimeUtc(done) >= File.GetLastWriteTimeUtc(lockFile))
            return;
        var (exitCode, output) = await RunAsync(["ci"]);
        Assert.That(exitCode, Is.Zero, output);
    }
}
