using AiEditor.Persistence.Infrastructure.Http;

namespace AiEditor.Persistence.Infrastructure.Observability;

/// <summary>The subcommand <c>healthcheck</c>: asks the service beside it, because its container has no shell and no curl.</summary>
static class HealthCheck
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>0 when the service on PORT is ready, otherwise 1 with the reason on standard error.</summary>
    public static async Task<int> AskAsync(IConfiguration settings)
    {
        var url = $"http://127.0.0.1:{HttpHouse.Port(settings)}/health/ready";
        // Whatever proxy the environment names leads away from here.
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(url);
            if (answer.IsSuccessStatusCode)
                return 0;
            await Console.Error.WriteLineAsync($"{url} answered {(int)answer.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"{url} did not answer: {e.Message}");
        }
        return 1;
    }
}
