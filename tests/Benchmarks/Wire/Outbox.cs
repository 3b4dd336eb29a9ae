using System.Net.Sockets;

namespace Tidings.Benchmarks.Wire;

/// <summary>Bytes on their way out; what the socket does not take at once waits here, in order.</summary>
internal sealed class Outbox
{
    readonly Lock _gate = new();
    byte[] _waiting = [];

    public void Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            var sent = FlushWaiting(socket) ? TrySend(socket, bytes) : 0;
            if (sent < bytes.Length)
                _waiting = [.. _waiting, .. bytes[sent..]];
        }
    }

    /// <summary>True when nothing waits any more.</summary>
    public bool Flush(Socket socket)
    {
        lock (_gate)
            return FlushWaiting(socket);
    }

    bool FlushWaiting(Socket socket)
    {
        if (_waiting.Length > 0)
            _waiting = _waiting[TrySend(socket, _waiting)..];
        return _waiting.Length == 0;
    }

    // A closed or broken socket is noticed by the reader; here it only takes nothing.
    static int TrySend(Socket socket, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Math.Max(0, socket.Send(bytes, SocketFlags.None, out _));
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }
}
