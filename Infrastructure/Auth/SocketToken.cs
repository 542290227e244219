namespace AiEditor.Persistence.Infrastructure.Auth;

/// <summary>Browsers cannot set headers on a WebSocket; they name the token as a second subprotocol, after <c>bearer</c>.</summary>
public static class SocketToken
{
    public const string Protocol = "bearer";

    public static string? Read(HttpContext context) =>
        context.WebSockets.IsWebSocketRequest
        && context.Request.Headers.Authorization.Count == 0
        && context.WebSockets.WebSocketRequestedProtocols is [Protocol, var token]
            ? token
            : null;
}
