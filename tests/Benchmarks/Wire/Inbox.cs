using System.Buffers;
using System.Net.Sockets;

namespace Tidings.Benchmarks.Wire;

/// <summary>Received bytes of one connection: in the loop's shared buffer, and only an unfinished unit in a buffer of its own.</summary>
internal sealed class Inbox
{
    const int Room = 32 * 1024;

    byte[]? _own;
    int _kept;

    /// <summary>Receives once, behind what was kept. Empty when the connection ended.</summary>
    public Span<byte> Receive(Socket socket, byte[] shared, out SocketError error)
    {
        if (_own is null)
            return shared.AsSpan(0, Math.Max(0, socket.Receive(shared, SocketFlags.None, out error)));
        if (_own.Length - _kept < Room)
            Grow(_own.Length * 2);
        var more = socket.Receive(_own.AsSpan(_kept), SocketFlags.None, out error);
        return more <= 0 ? [] : _own.AsSpan(0, _kept + more);
    }

    /// <summary>Keeps the unfinished rest for the next <see cref="Receive"/>.</summary>
    public void Keep(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
        {
            Release();
            return;
        }
        _own ??= ArrayPool<byte>.Shared.Rent(rest.Length + Room);
        rest.CopyTo(_own);
        _kept = rest.Length;
    }

    void Release()
    {
        if (_own is not null)
            ArrayPool<byte>.Shared.Return(_own);
        _own = null;
        _kept = 0;
    }

    void Grow(int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        _own.AsSpan(0, _kept).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_own!);
        _own = larger;
    }
}
