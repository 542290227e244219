using System.Net.WebSockets;
using System.Text.Json;
using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;

namespace AiEditor.Persistence.Features.StreamChanges;

/// <summary>The same events as text frames. Signs of life are the protocol's own pings, which the framework sends.</summary>
sealed class WebSocketOutlet : IOutlet
{
    readonly WebSocket socket;
    readonly HttpContext context;
    readonly Life life;
    readonly Task listening;

    WebSocketOutlet(WebSocket socket, HttpContext context, Life life)
    {
        (this.socket, this.context, this.life) = (socket, context, life);
        listening = ListenAsync();
    }

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>For the reader to answer that it has heard of the end.</summary>
    static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    public static async Task<IOutlet> OpenAsync(HttpContext context, Life life)
    {
        // Never the token, which browsers put beside the name.
        var named = context.WebSockets.WebSocketRequestedProtocols.Contains(SocketToken.Protocol);
        var socket = await context.WebSockets.AcceptWebSocketAsync(named ? SocketToken.Protocol : null);
        return new WebSocketOutlet(socket, context, life);
    }

    public async Task SendAsync(IReadOnlyList<Event> events)
    {
        // Not the life's own end: to cancel a frame halfway is to abort the connection without a word.
        using var deadline = new CancellationTokenSource();
        try
        {
            foreach (var happened in events)
            {
                deadline.CancelAfter(Patience);
                await socket.SendAsync(
                    JsonSerializer.SerializeToUtf8Bytes(happened, Wire.Options),
                    WebSocketMessageType.Text,
                    endOfMessage: true,
                    deadline.Token
                );
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            life.Finish();
            throw new OperationCanceledException(life.End);
        }
    }

    public Task BeatAsync() => Task.CompletedTask;

    public async Task CloseAsync()
    {
        var (status, why) =
            life.Stopping.IsCancellationRequested ? (WebSocketCloseStatus.EndpointUnavailable, "The service stops.")
            : life.IsExpired ? (WebSocketCloseStatus.PolicyViolation, "The token has expired.")
            : (WebSocketCloseStatus.NormalClosure, "The session is gone.");
        using var deadline = new CancellationTokenSource(Farewell);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(status, why, deadline.Token);
            await listening.WaitAsync(deadline.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            context.Abort();
        }
        socket.Dispose();
    }

    /// <summary>Nothing is expected from the reader but its leaving; what else it sends is passed over, a kilobyte at a time.</summary>
    async Task ListenAsync()
    {
        var buffer = new byte[1024];
        try
        {
            while (
                (await socket.ReceiveAsync(buffer, CancellationToken.None)).MessageType
                    is not WebSocketMessageType.Close
            ) { }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // It left without a word, or this side has given it up.
        }
        life.Finish();
    }
}
