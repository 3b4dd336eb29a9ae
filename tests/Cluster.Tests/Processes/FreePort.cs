using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Tidings.Cluster.Tests.Processes;

/// <summary>
/// Loopback ports for programs that cannot choose one themselves: below those that the system gives to outgoing connections, and none twice.
/// </summary>
static class FreePort
{
    const int Lowest = 10_000;
    const int Beyond = 20_000;

    static readonly ConcurrentDictionary<int, bool> Given = new();

    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(Lowest, Beyond);
            if (Given.TryAdd(port, true) && IsFree(port))
                return port;
        }
    }

    static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
