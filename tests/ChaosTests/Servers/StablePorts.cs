using System.Net;
using System.Net.Sockets;

namespace Tidings.ChaosTests.Servers;

/// <summary>
/// Loopback ports for servers that come back on the same one: below those that systems give to outgoing connections, since one of these
/// could otherwise take the port while its server is away.
/// </summary>
sealed class StablePorts
{
    const int First = 18_000;
    const int Last = 30_000;

    readonly HashSet<int> _taken = [];

    public int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            if (IsFree(port) && _taken.Add(port))
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
