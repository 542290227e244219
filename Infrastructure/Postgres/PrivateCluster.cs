using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Postgres;

/// <summary>
/// A PostgreSQL of our own for Development, made from the machine's binaries: loopback only, password kept beside the
/// data, shared by all who run in the folder, stopped by the last of them. One left running by a crash is used again.
/// </summary>
public sealed class PrivateCluster : IHostedService, IDisposable
{
    const string User = "ai_editor";
    const string Marks = "used-by-";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly Runner runner;
    readonly string data;
    readonly string folder;
    bool disposed;

    public string ConnectionString { get; }

    PrivateCluster(Runner runner, string data, string connectionString, string folder)
    {
        (this.runner, this.data, ConnectionString, this.folder) = (runner, data, connectionString, folder);
        File.WriteAllText(Mark, Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>The subcommand <c>find-postgres</c>: prints the folder of the programs it would start, or says the ways out.</summary>
    public static int TellBinaries()
    {
        Console.WriteLine(Binaries.Find());
        return 0;
    }

    /// <summary>Starts it, or finds it running, below <paramref name="folder"/>.</summary>
    public static PrivateCluster Start(string folder)
    {
        var runner = new Runner(Binaries.Find(), UnprivilegedUser.ForServer());
        var data = runner.User is { } user ? user.FolderFor(folder) : Path.Combine(folder, "postgres");
        // Two services that start at once must not both make the cluster.
        using var once = LockFile(Path.Combine(folder, "postgres.lock"));

        var passwordFile = Path.Combine(folder, "postgres-password");
        if (!File.Exists(passwordFile))
            DataFolder.WriteSecret(passwordFile, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));
        var password = File.ReadAllText(passwordFile).Trim();
        if (!File.Exists(Path.Combine(data, "PG_VERSION")))
            Initialize(runner, data, password);

        var port = RunningPort(data) ?? StartServer(runner, data);

        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = User,
            Password = password,
            Database = User,
        };
        return new PrivateCluster(runner, data, settings.ConnectionString, folder);
    }

    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedService.StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Stops the server, unless somebody else in this folder still runs.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, true))
            return;
        using var once = LockFile(Path.Combine(folder, "postgres.lock"));
        File.Delete(Mark);
        if (RunningPort(data) is not null && !Directory.EnumerateFiles(folder, Marks + "*").Any(IsAlive))
            runner.Run("pg_ctl", "stop", "-D", data, "-m", "fast", "-w", "-t", "20");
    }

    /// <summary>Says that this process uses the server; worth nothing once the process is gone.</summary>
    string Mark => Path.Combine(folder, $"{Marks}{Environment.ProcessId}");

    static void Initialize(Runner runner, string data, string password)
    {
        runner.MakeFolder(data);
        var file = Path.Combine(data, "..", $"pw-{Environment.ProcessId}");
        try
        {
            runner.WriteFile(file, password);
            runner.Run(
                "initdb",
                "-D",
                data,
                "-U",
                User,
                "--pwfile",
                file,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-instructions"
            );
        }
        finally
        {
            File.Delete(file);
        }
        // The maintenance database's template makes ours; a single-user server needs no password and no port.
        runner.Run(
            "sh",
            "-c",
            $"echo 'create database {User}' | \"$0\" --single -D \"$1\" postgres >/dev/null",
            runner.Binary("postgres"),
            data
        );
    }

    static int StartServer(Runner runner, string data)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            try
            {
                runner.Run(
                    "pg_ctl",
                    "start",
                    "-D",
                    data,
                    "-w",
                    "-t",
                    "60",
                    "-l",
                    Path.Combine(data, "server.log"),
                    "-o",
                    // An instance takes up to 34 connections, and several instances may share this server.
                    $"-h 127.0.0.1 -p {port} -k '' -N 400"
                );
                return port;
            }
            catch (InvalidSettingException) when (attempt < 3)
            {
                // Someone else may have taken the port between our asking and its opening.
            }
        }
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The port in postmaster.pid's fourth line, if the process in its first still lives and answers.</summary>
    static int? RunningPort(string data)
    {
        var file = Path.Combine(data, "postmaster.pid");
        if (!File.Exists(file) || !IsAlive(file))
            return null;
        var lines = File.ReadAllLines(file);
        if (lines.Length < 4 || !int.TryParse(lines[3], out var port))
            return null;
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return port;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>Whether the process whose id stands in the file's first line lives.</summary>
    static bool IsAlive(string file) =>
        File.Exists(file)
        && int.TryParse(File.ReadLines(file).FirstOrDefault(), out var id)
        && id > 0
        && Directory.Exists($"/proc/{id}");

    static FileStream LockFile(string path)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(start) < Patience)
            {
                // File locks cannot be waited for.
                Thread.Sleep(TimeSpan.FromMilliseconds(50));
            }
    }
}
