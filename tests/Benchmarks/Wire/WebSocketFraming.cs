using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Tidings.Benchmarks.Wire;

/// <summary>
/// The client side of RFC 6455, as little as a load generator needs. Frames are masked with the key 0, which leaves the bytes as they are:
/// the server does its full work, the generator none.
/// </summary>
internal sealed class WebSocketFraming(IPEndPoint server, string path) : IFraming
{
    const byte FinalText = 0x81, FinalPong = 0x8A, Masked = 0x80;
    const int Continuation = 0, Text = 1, Ping = 9, Pong = 10;

    bool _open;

    public ReadOnlyMemory<byte> Preamble { get; } = Encoding.ASCII.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: {server}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

    public Unit Next(Span<byte> received) => _open ? NextFrame(received) : NextUpgrade(received);

    public byte[] Wrap(ReadOnlySpan<byte> text)
    {
        var header = HeaderLength(text.Length);
        var frame = new byte[header + text.Length];
        WriteHeader(frame, text.Length);
        text.CopyTo(frame.AsSpan(header));
        return frame;
    }

    /// <summary>The length of a masked client frame's header.</summary>
    public static int HeaderLength(int length) => length < 126 ? 6 : length <= ushort.MaxValue ? 8 : 14;

    /// <summary>Writes the header of a text frame with mask 0 at the start of <paramref name="frame"/>.</summary>
    public static void WriteHeader(Span<byte> frame, int length)
    {
        frame[..HeaderLength(length)].Clear();
        frame[0] = FinalText;
        if (length < 126)
        {
            frame[1] = (byte)(Masked | length);
        }
        else if (length <= ushort.MaxValue)
        {
            frame[1] = Masked | 126;
            BinaryPrimitives.WriteUInt16BigEndian(frame[2..], (ushort)length);
        }
        else
        {
            frame[1] = Masked | 127;
            BinaryPrimitives.WriteUInt64BigEndian(frame[2..], (ulong)length);
        }
    }

    /// <summary>The answer to a ping.</summary>
    public static byte[] PongFrame(ReadOnlySpan<byte> payload) => [FinalPong, (byte)(Masked | payload.Length), 0, 0, 0, 0, .. payload];

    Unit NextUpgrade(ReadOnlySpan<byte> received)
    {
        var end = received.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return Unit.Incomplete;
        _open = received.StartsWith("HTTP/1.1 101"u8);
        return new Unit(_open ? UnitKind.Opened : UnitKind.Failed, end + 4, 0, end);
    }

    static Unit NextFrame(ReadOnlySpan<byte> received)
    {
        if (received.Length < 2)
            return Unit.Incomplete;
        var start = (received[1] & 0x7F) switch { 126 => 4, 127 => 10, _ => 2 };
        if (received.Length < start)
            return Unit.Incomplete;
        var length = start switch
        {
            4 => BinaryPrimitives.ReadUInt16BigEndian(received[2..]),
            10 => checked((int)BinaryPrimitives.ReadInt64BigEndian(received[2..])),
            _ => received[1] & 0x7F,
        };
        return received.Length < start + length ? Unit.Incomplete : new Unit(KindOf(received[0] & 0x0F), start + length, start, length);
    }

    static UnitKind KindOf(int opcode) => opcode switch
    {
        Text or Continuation => UnitKind.Text,
        Ping => UnitKind.Ping,
        Pong => UnitKind.Ignored,
        _ => UnitKind.Failed,
    };
}
