using System.Text;
using Tidings.Benchmarks.Load;
using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Clients;

/// <summary>Only listens: ready when the socket is open.</summary>
internal sealed class BareListener(Subscriber? subscriber) : IConversation
{
    public bool IsReady { get; private set; }

    public string? Failure => null;

    public byte[]? Open()
    {
        IsReady = true;
        return null;
    }

    public byte[]? Hear(ReadOnlySpan<byte> text, long now)
    {
        subscriber?.Scan(text, now);
        return null;
    }

    public byte[]? Farewell() => null;
}

/// <summary>Makes a number of round trips with an echo server: what a handshake and a subscribe cost when there is nothing to do.</summary>
internal sealed class BareRoundTrips(int count) : IConversation
{
    static readonly byte[] Text = Encoding.ASCII.GetBytes(new string('x', Stamp.PayloadLength));

    int _left = count;

    public bool IsReady => _left == 0;

    public string? Failure => null;

    public byte[]? Open() => IsReady ? null : Text;

    public byte[]? Hear(ReadOnlySpan<byte> text, long now) => --_left > 0 ? Text : null;

    public byte[]? Farewell() => null;
}
