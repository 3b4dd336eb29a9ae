using System.Net;
using System.Net.Sockets;

namespace Tidings.Cluster.Tests.Processes;

/// <summary>Loopback ports for programs that cannot choose one themselves.</summary>
static class FreePort
{
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
