using System.Net;
using System.Net.Sockets;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>
/// Stands between the service and PostgreSQL: counts how often a conversation turns from asking to answering, and loses
/// answers or whole connections on demand.
/// </summary>
sealed class TcpProxy : IAsyncDisposable
{
    readonly TcpListener listener;
    readonly CancellationTokenSource stop = new();
    readonly List<(TcpClient Client, TcpClient Server)> pairs = [];
    readonly int serverPort;
    readonly Task accepting;
    long roundTrips;

    /// <summary>Listens on a given port, or on any.</summary>
    public TcpProxy(int serverPort, int port = 0)
    {
        this.serverPort = serverPort;
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Times that the service asked something and then got an answer, over all connections.</summary>
    public long RoundTrips => Interlocked.Read(ref roundTrips);

    /// <summary>From now on what the server answers is thrown away, and the connection with it.</summary>
    public bool LoseAnswers { get; set; }

    /// <summary>Asked with what the service sent; when true, that connection's next answer is lost and the connection cut.</summary>
    public Func<ReadOnlyMemory<byte>, bool>? LoseAnswerTo { get; set; }

    /// <summary>Cuts every connection there is.</summary>
    public void CutAll()
    {
        lock (pairs)
        {
            foreach (var (client, server) in pairs)
            {
                client.Close();
                server.Close();
            }
            pairs.Clear();
        }
    }

    async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync(stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
            _ = CarryAsync(client);
        }
    }

    async Task CarryAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        using (client)
            try
            {
                client.NoDelay = true;
                await server.ConnectAsync(IPAddress.Loopback, serverPort);
                lock (pairs)
                    pairs.Add((client, server));
                var state = new Conversation();
                await Task.WhenAny(AskAsync(client, server, state), AnswerAsync(server, client, state));
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
                // One side has gone; the other is closed with it.
            }
    }

    sealed class Conversation
    {
        public bool Asked;
        public bool Lose;
    }

    async Task AskAsync(TcpClient client, TcpClient server, Conversation state)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await client.GetStream().ReadAsync(buffer)) > 0)
        {
            state.Asked = true;
            state.Lose |= LoseAnswerTo?.Invoke(buffer.AsMemory(0, read)) ?? false;
            await server.GetStream().WriteAsync(buffer.AsMemory(0, read));
        }
    }

    async Task AnswerAsync(TcpClient server, TcpClient client, Conversation state)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await server.GetStream().ReadAsync(buffer)) > 0)
        {
            if (state.Asked)
                Interlocked.Increment(ref roundTrips);
            state.Asked = false;
            if (LoseAnswers || state.Lose)
                return;
            await client.GetStream().WriteAsync(buffer.AsMemory(0, read));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        CutAll();
        await accepting;
        stop.Dispose();
        listener.Dispose();
    }
}
