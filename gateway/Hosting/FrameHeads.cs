using System.Buffers.Binary;

namespace Tidings.Gateway.Hosting;

/// <summary>
/// Finds the pongs in what a client sends (RFC 6455, section 5.2), looking at the heads of frames alone:
/// <code>
/// head = %b: FIN RSV1-3 opcode(4)  MASK length(7) [ length(16) / length(64) ] [ masking key(32) ]
/// </code>
/// Whether the frames are right is for the one to say who reads them.
/// </summary>
internal sealed class FrameHeads
{
    private const int Pong = 0xA;
    private const int Longest = 14;

    private readonly byte[] _head = new byte[Longest];
    private int _have;
    private ulong _payload;

    /// <summary>Looks at the bytes that came next. True if a pong began in them.</summary>
    public bool HasPong(ReadOnlySpan<byte> bytes)
    {
        var found = false;
        while (bytes.Length > 0)
        {
            if (_payload > 0)
            {
                var skipped = (int)Math.Min(_payload, (ulong)bytes.Length);
                bytes = bytes[skipped..];
                _payload -= (ulong)skipped;
                continue;
            }

            _head[_have++] = bytes[0];
            bytes = bytes[1..];
            if (_have >= 2 && _have == Length)
            {
                found |= (_head[0] & 0xF) == Pong;
                (_payload, _have) = (Payload, 0);
            }
        }

        return found;
    }

    private int Length => 2 + SizeOfLength + ((_head[1] & 0x80) == 0 ? 0 : 4);

    private int SizeOfLength => (_head[1] & 0x7F) switch { 126 => sizeof(ushort), 127 => sizeof(ulong), _ => 0 };

    private ulong Payload => (_head[1] & 0x7F) switch
    {
        126 => BinaryPrimitives.ReadUInt16BigEndian(_head.AsSpan(2)),
        127 => BinaryPrimitives.ReadUInt64BigEndian(_head.AsSpan(2)),
        var length => (ulong)length,
    };
}
