using System.Diagnostics;

namespace AiEditor.Persistence.Infrastructure.Postgres;

/// <summary>Runs PostgreSQL's programs, as another user where it must be.</summary>
sealed record Runner(string BinFolder, UnprivilegedUser? User)
{
    public string Binary(string name) => Path.Combine(BinFolder, name);

    public void Run(string program, params string[] arguments)
    {
        var path = File.Exists(Binary(program)) ? Binary(program) : program;
        string[] command = User is null ? [path, .. arguments] : ["setpriv", .. User.Switches, path, .. arguments];
        // The server inherits whatever it is given and never closes it: its output goes to its log, ours is not shared.
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start)!;
        var errors = new System.Text.StringBuilder();
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.OutputDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        // Without a time limit WaitForExit would also wait for the pipes, which a daemon may keep open.
        if (!process.WaitForExit(TimeSpan.FromSeconds(90)) || process.ExitCode != 0)
            throw new InvalidSettingException(
                "DATABASE_URL",
                $"is not set, and the private PostgreSQL failed: {Path.GetFileName(path)}: {errors.ToString().Trim()}"
            );
    }

    public void MakeFolder(string path)
    {
        Directory.CreateDirectory(path);
        GiveAway(path);
    }

    public void WriteFile(string path, string text)
    {
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        GiveAway(path);
    }

    void GiveAway(string path)
    {
        if (User is null)
            return;
        using var process = Process.Start("chown", [User.Name, path]);
        process.WaitForExit();
    }
}
