using System.Buffers;
using System.Text;
using System.Text.Json;
using AiEditor.Persistence.Infrastructure.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AiEditor.Persistence.Features.StreamChanges;

/// <summary>
/// Server-Sent Events. Framed here and not by the framework's result, which can neither send comments nor let go of a
/// reader that has stopped reading.
/// </summary>
sealed class EventStreamOutlet(HttpContext context, Life life) : IOutlet
{
    /// <summary>A reader whose side has had no room for so long is not coming back.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static IOutlet Open(HttpContext context, Life life)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = "text/event-stream";
        // Proxies that gather answers before they pass them on are asked not to.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return new EventStreamOutlet(context, life);
    }

    public Task SendAsync(IReadOnlyList<Event> events)
    {
        foreach (var happened in events)
            Write($"id: {happened.Revision}\ndata: {JsonSerializer.Serialize(happened, Wire.Options)}\n\n");
        return FlushAsync();
    }

    public Task BeatAsync()
    {
        Write(":\n\n");
        return FlushAsync();
    }

    public Task CloseAsync() => Task.CompletedTask;

    void Write(string text) => context.Response.BodyWriter.Write(Encoding.UTF8.GetBytes(text));

    async Task FlushAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(life.End);
        deadline.CancelAfter(Patience);
        try
        {
            await context.Response.BodyWriter.FlushAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!life.End.IsCancellationRequested)
        {
            context.Abort();
            life.Finish();
            throw;
        }
    }
}
