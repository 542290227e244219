using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>A request as no client library would write it.</summary>
static class RawRequest
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Sends it to the main service as UTF-8; gives all that comes back until the service closes the connection.</summary>
    public static async Task<string> SendAsync(string request)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, Service.Main.Address.Port);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(Patience);
    }
}
