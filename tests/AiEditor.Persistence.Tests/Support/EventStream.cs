using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>A reader of a session's event stream.</summary>
sealed class EventStream : IAsyncDisposable
{
    readonly CancellationTokenSource leaving = new();
    readonly HttpResponseMessage response;
    readonly Task reading;
    readonly ConcurrentQueue<(JsonElement Event, long At)> events = new();

    EventStream(HttpResponseMessage response)
    {
        this.response = response;
        reading = Task.Run(ReadAsync);
    }

    public int Status => (int)response.StatusCode;
    public string? MediaType => response.Content.Headers.ContentType?.MediaType;
    public IReadOnlyList<JsonElement> Events => [.. events.Select(e => e.Event)];
    public IReadOnlyList<long> Revisions => [.. Events.Select(e => e.GetProperty("revision").GetInt64())];

    /// <summary>When each arrived, as a timestamp of the stopwatch.</summary>
    public IReadOnlyDictionary<long, long> Arrivals =>
        events.ToDictionary(e => e.Event.GetProperty("revision").GetInt64(), e => e.At);
    public int Comments { get; private set; }
    public string? LastId { get; private set; }

    /// <summary>All of it so far, as it came.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Ends when the server has ended the stream, or the connection has broken.</summary>
    public Task Ended => reading;

    public static async Task<EventStream> OpenAsync(
        Service service,
        string path,
        string token,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return new EventStream(await service.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
    }

    public Task UntilAsync(int count) =>
        Until.TrueAsync(() => events.Count >= count, $"{count} events had arrived; there were {events.Count}");

    async Task ReadAsync()
    {
        try
        {
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(leaving.Token));
            while (await lines.ReadLineAsync(leaving.Token) is { } line)
            {
                Text += line + "\n";
                if (line.StartsWith(':'))
                    Comments++;
                else if (line.StartsWith("id: ", StringComparison.Ordinal))
                    LastId = line[4..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                    events.Enqueue((JsonDocument.Parse(line[6..]).RootElement, Stopwatch.GetTimestamp()));
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or HttpRequestException)
        {
            // The stream was cut, by us or by the death of the service.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await leaving.CancelAsync();
        await reading;
        response.Dispose();
        leaving.Dispose();
    }
}
