using System.Net;
using System.Net.Sockets;

namespace Tidings.Conformance.Sites;

/// <summary>Ports for servers whose port must be known before they start.</summary>
static class LoopbackPort
{
    /// <summary>A port nobody listens on at this moment.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
