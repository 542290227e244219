using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Amazon.S3;
using Amazon.S3.Model;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>A server that speaks S3, with one bucket, for as long as a test lasts. Where there is no npm, the test is skipped.</summary>
sealed partial class S3Server : IAsyncDisposable
{
    /// <summary>Both halves of the credentials it knows.</summary>
    public const string Secret = "S3RVER";
    const string Bucket = "attachments";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    static readonly Npm Npm = new("tests/s3", "no file was put into an S3 store");

    readonly Process process;
    readonly string data;
    readonly AmazonS3Client client;

    public int Port { get; }

    S3Server(Process process, string data, int port)
    {
        (this.process, this.data, Port) = (process, data, port);
        client = new AmazonS3Client(
            Secret,
            Secret,
            new AmazonS3Config { ServiceURL = $"http://127.0.0.1:{port}", ForcePathStyle = true }
        );
    }

    public static async Task<S3Server> StartAsync()
    {
        await Npm.InstallAsync();
        var data = Path.Combine(Path.GetTempPath(), $"ai-editor-s3-{Guid.NewGuid():n}");
        string[] command = ["node_modules/s3rver/bin/s3rver.js", "--silent", "--address", "127.0.0.1", "--port", "0"];
        var process = Npm.StartNode([.. command, "--directory", data, "--configure-bucket", Bucket]);
        using var patience = new CancellationTokenSource(Patience);
        string? line;
        while ((line = await process.StandardOutput.ReadLineAsync(patience.Token)) is not null)
            if (ListeningOn().Match(line) is { Success: true } match)
                return new S3Server(process, data, int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        throw new InvalidOperationException("The S3 server ended.");
    }

    /// <summary>What makes a service keep its files there, or at a port that leads there.</summary>
    public (string, string?)[] Settings(int? port = null) => SettingsFor(port ?? Port);

    public static (string, string?)[] SettingsFor(int port) =>
        [
            ("ATTACHMENTS_S3_URL", $"s3://{Bucket}/some/where"),
            ("AWS_ENDPOINT_URL_S3", $"http://127.0.0.1:{port}"),
            ("AWS_ACCESS_KEY_ID", Secret),
            ("AWS_SECRET_ACCESS_KEY", Secret),
            ("AWS_REGION", null),
        ];

    /// <summary>The objects there are, and their sizes.</summary>
    public async Task<IReadOnlyDictionary<string, long>> ObjectsAsync()
    {
        var answer = await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket });
        return (answer.S3Objects ?? []).ToDictionary(o => o.Key, o => o.Size ?? 0);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(data, recursive: true);
    }

    [GeneratedRegex(@"listening on 127\.0\.0\.1:(\d+)")]
    private static partial Regex ListeningOn();
}
