using System.Diagnostics;
using System.Text.RegularExpressions;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>The service as its users run it: a process of its own, reached over HTTP.</summary>
sealed partial class Service : IAsyncDisposable
{
    /// <summary>Signs the tests' tokens; fresh random bytes, as the service wants them.</summary>
    public const string Secret = "q7Vd0mXy2Lk9Rf4Tn6Wb8Zc1Hs3Jp5Gu7Ea0Io2Py4=";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly Process process;
    readonly List<string> output = [];
    readonly TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The service that most tests share.</summary>
    public static Service Main { get; set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    public Process Process => process;

    /// <summary>What it has printed so far, lines of standard output and standard error.</summary>
    public string Output
    {
        get
        {
            lock (output)
                return string.Join('\n', output);
        }
    }

    Service(ProcessStartInfo start)
    {
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => Hear(e.Data);
        process.ErrorDataReceived += (_, e) => Hear(e.Data);
    }

    /// <summary>Starts one and waits until it is ready. Settings are environment variables; null takes one away.</summary>
    public static async Task<Service> StartAsync(params (string Name, string? Value)[] settings)
    {
        var service = await LaunchAsync(settings);
        await service.OrEndAsync(service.UntilReadyAsync());
        return service;
    }

    /// <summary>Starts one and waits only until it listens.</summary>
    public static async Task<Service> LaunchAsync(params (string Name, string? Value)[] settings)
    {
        var service = new Service(StartInfo([], settings));
        service.Begin();
        await service.OrEndAsync(service.listening.Task.WaitAsync(Patience));
        service.Address = await service.listening.Task;
        service.Http = new HttpClient(
            new SocketsHttpHandler { MaxConnectionsPerServer = 256, Expect100ContinueTimeout = Patience }
        )
        {
            BaseAddress = service.Address,
        };
        return service;
    }

    /// <summary>Nobody else knows of one that does not start, so nobody else would end it.</summary>
    async Task OrEndAsync(Task starting)
    {
        try
        {
            await starting;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs it to its end, for subcommands and for settings it must refuse.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string[] arguments,
        params (string Name, string? Value)[] settings
    )
    {
        await using var service = new Service(StartInfo(arguments, settings));
        service.Begin();
        await service.process.WaitForExitAsync().WaitAsync(Patience);
        return (service.process.ExitCode, service.Output);
    }

    /// <summary>Waits for readiness, asking.</summary>
    public async Task UntilReadyAsync()
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            using var answer = await Http.GetAsync("/health/ready");
            if (answer.IsSuccessStatusCode)
                return;
            if (Stopwatch.GetElapsedTime(start) > Patience)
                throw new TimeoutException($"The service did not become ready:\n{Output}");
            await Task.Delay(20);
        }
    }

    /// <summary>SIGKILL: no goodbye.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as an orchestrator would; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using (
            var kill = Process.Start(
                "kill",
                ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]
            )
        )
            await kill.WaitForExitAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();
        Http?.Dispose();
        process.Dispose();
    }

    static ProcessStartInfo StartInfo(string[] arguments, (string Name, string? Value)[] settings)
    {
        var folder = TestContext.CurrentContext.TestDirectory;
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, "AiEditor.Persistence.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        var defaults = new (string, string?)[]
        {
            ("ASPNETCORE_ENVIRONMENT", "Development"),
            ("DATABASE_URL", TestCluster.Url),
            ("JWT_SECRET", Secret),
            ("PORT", "0"),
            ("RATE_LIMIT", "0"),
        };
        foreach (var (name, value) in defaults.Concat(settings))
            start.Environment[name] = value;
        return start;
    }

    void Begin()
    {
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.Exited += (_, _) =>
            listening.TrySetException(new InvalidOperationException($"The service ended:\n{Output}"));
        process.EnableRaisingEvents = true;
    }

    void Hear(string? line)
    {
        if (line is null)
            return;
        lock (output)
            output.Add(line);
        if (ListeningOn().Match(line) is { Success: true } match)
            listening.TrySetResult(new Uri($"http://127.0.0.1:{match.Groups[1].Value}"));
    }

    [GeneratedRegex(@"(?:Now listening on: |""address"":"")http://(?:\[::\]|127\.0\.0\.1):(\d+)")]
    private static partial Regex ListeningOn();
}
