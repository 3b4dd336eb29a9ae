using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Tidings.ChaosTests.Servers;

/// <summary>
/// Loopback ports for servers that come back on the same one: below those that systems give to outgoing connections, since one of these
/// could otherwise take the port while its server is away. None is given twice.
/// </summary>
static class StablePorts
{
    const int First = 18_000;
    const int Last = 30_000;

    static readonly ConcurrentDictionary<int, bool> Taken = new();

    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            if (Taken.TryAdd(port, true) && IsFree(port))
                return port;
        }
    }

    static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
