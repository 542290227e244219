namespace AiEditor.Persistence.Infrastructure.Postgres;

/// <summary>Finds the folder that holds PostgreSQL's server programs.</summary>
static class Binaries
{
    static readonly string[] DistributionFolders =
    [
        "/usr/lib/postgresql",
        "/usr/local/pgsql",
        "/opt/homebrew/opt",
        "/usr/local/opt",
    ];

    /// <summary>PG_BIN, then PATH, then where distributions put them, newest first. Debian keeps them off PATH.</summary>
    public static string Find() =>
        Candidates().FirstOrDefault(IsBinFolder)
        ?? throw new InvalidSettingException(
            "DATABASE_URL",
            "is not set and no PostgreSQL was found to start. Three ways out: install it (apt-get install postgresql), name its folder in PG_BIN, or set DATABASE_URL"
        );

    static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("PG_BIN") is { Length: > 0 } given)
            yield return IsBinFolder(given)
                ? given
                : throw new InvalidSettingException(
                    "PG_BIN",
                    "names a folder without PostgreSQL's initdb and postgres"
                );
        foreach (
            var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(
                ':',
                StringSplitOptions.RemoveEmptyEntries
            )
        )
            yield return folder;
        foreach (var root in DistributionFolders)
        foreach (var folder in Versions(root))
            yield return Path.Combine(folder, "bin");
    }

    static bool IsBinFolder(string folder) =>
        File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres"));

    static IEnumerable<string> Versions(string root) =>
        Directory.Exists(root)
            ? Directory
                .EnumerateDirectories(root)
                .OrderByDescending(d => int.TryParse(Path.GetFileName(d), out var v) ? v : 0)
                .Append(root)
            : [];
}
