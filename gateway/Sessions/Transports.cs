namespace Tidings.Gateway.Sessions;

/// <summary>How messages reach clients, in Bayeux' words where it has one.</summary>
internal static class Transports
{
    public const string WebSocket = "websocket";
    public const string LongPolling = "long-polling";
    public const string CallbackPolling = "callback-polling";
    public const string EventStream = "event-stream";

    /// <summary>Used inside the gateway only.</summary>
    public const string None = "none";
}
