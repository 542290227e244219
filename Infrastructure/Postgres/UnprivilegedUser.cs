using System.Diagnostics;

namespace AiEditor.Persistence.Infrastructure.Postgres;

/// <summary>PostgreSQL refuses to run as root; then it runs as this user, in a folder that the user can reach.</summary>
sealed record UnprivilegedUser(string Name)
{
    /// <summary>Null when we are not root and need nobody else.</summary>
    public static UnprivilegedUser? ForServer()
    {
        if (Environment.UserName != "root")
            return null;
        var known = File.ReadLines("/etc/passwd").Select(line => line.Split(':')[0]).ToHashSet();
        return new UnprivilegedUser(known.Contains("postgres") ? "postgres" : "nobody");
    }

    /// <summary>Below the given folder, or, where the user cannot pass (such as /root), below /var/lib with a link to it.</summary>
    public string FolderFor(string folder)
    {
        var data = Path.Combine(folder, "postgres");
        if (File.Exists(Path.Combine(data, "PG_VERSION")) && CanPass(data))
            return data;
        if (CanPass(folder))
            return data;
        var elsewhere = Path.Combine(
            "/var/lib/ai-editor-persistence",
            Convert.ToHexStringLower(
                System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(folder))
            )[..12]
        );
        Directory.CreateDirectory(elsewhere);
        if (!Path.Exists(data))
            File.CreateSymbolicLink(data, Path.Combine(elsewhere, "postgres"));
        return Path.Combine(elsewhere, "postgres");
    }

    bool CanPass(string folder)
    {
        using var process = Process.Start(
            new ProcessStartInfo("setpriv", [.. Switches, "test", "-x", folder]) { WorkingDirectory = "/" }
        )!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    public string[] Switches => ["--reuid", Name, "--regid", Group, "--clear-groups", "--"];

    string Group => Name == "nobody" ? "nogroup" : Name;
}
