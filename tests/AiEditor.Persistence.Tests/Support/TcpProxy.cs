using System.Net;
using System.Net.Sockets;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>
/// Stands between the service and PostgreSQL, or another server: counts asks that were answered, and loses answers or
/// whole connections on demand.
/// </summary>
sealed class TcpProxy : IAsyncDisposable
{
    /// <summary>The channel on which instances tell each other that something has moved.</summary>
    static readonly byte[] Hint = "ai_editor_live"u8.ToArray();

    /// <summary>PostgreSQL's Sync. Only here has an ask ended: a long one is answered in part while it is still being sent.</summary>
    static readonly byte[] Sync = [(byte)'S', 0, 0, 0, 4];

    readonly TcpListener listener;
    readonly CancellationTokenSource stop = new();
    readonly List<(TcpClient Client, TcpClient Server)> pairs = [];
    readonly int serverPort;
    readonly byte[] askEnd;
    readonly Task accepting;
    long roundTrips;
    long answered;

    /// <summary>Listens on a given port, or on any. Every ask ends with the same bytes, PostgreSQL's unless others are given.</summary>
    public TcpProxy(int serverPort, int port = 0, byte[]? askEnd = null)
    {
        this.serverPort = serverPort;
        this.askEnd = askEnd ?? Sync;
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Times that the service asked something and then got an answer, over all connections.</summary>
    public long RoundTrips => Interlocked.Read(ref roundTrips);

    /// <summary>Bytes that the server has answered with.</summary>
    public long Answered => Interlocked.Read(ref answered);

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
        public byte[] Tail = [];
        public bool Asked;
        public bool Lose;
    }

    async Task AskAsync(TcpClient client, TcpClient server, Conversation state)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await client.GetStream().ReadAsync(buffer)) > 0)
        {
            state.Tail =
            [
                .. state.Tail.Concat(buffer[Math.Max(0, read - askEnd.Length)..read]).TakeLast(askEnd.Length),
            ];
            // Hints to other instances go out after the answer, whenever they like: nobody waits for them.
            state.Asked |= state.Tail.SequenceEqual(askEnd) && buffer.AsSpan(0, read).IndexOf(Hint) < 0;
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
            Interlocked.Add(ref answered, read);
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
