namespace Tidings.Gateway.Hosting;

/// <summary>What WebSockets begin with.</summary>
internal static class SocketMethods
{
    /// <summary>GET over HTTP/1.1 (RFC 6455), CONNECT over HTTP/2 (RFC 8441), which browsers use where they have such a connection already.</summary>
    public static readonly string[] All = [HttpMethods.Get, HttpMethods.Connect];
}
