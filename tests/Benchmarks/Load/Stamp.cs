using System.Buffers.Binary;
using System.Text;

namespace Tidings.Benchmarks.Load;

/// <summary>
/// The payload of every measured message: a JSON object of 100 bytes whose string begins with <c>~~</c>, 16 digits of time in microseconds
/// and 8 digits of sequence number. It survives any JSON server unchanged and is found again without parsing the envelope around it.
/// </summary>
internal static class Stamp
{
    public const int PayloadLength = 100;
    public const int Length = 2 + TimeDigits + SequenceDigits;

    const int TimeDigits = 16, SequenceDigits = 8;

    /// <summary>Where the stamp begins in the payload.</summary>
    public const int Offset = 6;

    public static ReadOnlySpan<byte> Marker => "~~"u8;

    /// <summary>A payload with an empty stamp.</summary>
    public static byte[] Payload { get; } =
        Encoding.ASCII.GetBytes("{\"m\":\"~~" + new string('0', TimeDigits + SequenceDigits) + new string('x', PayloadLength - Offset - Length - 2) + "\"}");

    /// <summary>Writes time and sequence into a stamp; <paramref name="stamp"/> begins at its marker.</summary>
    public static void Write(Span<byte> stamp, long time, int sequence)
    {
        WriteDigits(stamp.Slice(Marker.Length, TimeDigits), time);
        WriteDigits(stamp.Slice(Marker.Length + TimeDigits, SequenceDigits), sequence);
    }

    /// <summary>The time in microseconds of a stamp that begins at its marker.</summary>
    public static long Time(ReadOnlySpan<byte> stamp) =>
        (EightDigits(stamp[Marker.Length..]) * 100_000_000L) + EightDigits(stamp[(Marker.Length + 8)..]);

    /// <summary>The sequence number of a stamp that begins at its marker.</summary>
    public static int Sequence(ReadOnlySpan<byte> stamp) => EightDigits(stamp[(Marker.Length + TimeDigits)..]);

    static void WriteDigits(Span<byte> digits, long value)
    {
        for (var i = digits.Length - 1; i >= 0; i--, value /= 10)
            digits[i] = (byte)('0' + (value % 10));
    }

    /// <summary>Eight decimal digits in three multiplications, each adding up neighbours: digits, then pairs, then fours.</summary>
    static int EightDigits(ReadOnlySpan<byte> digits)
    {
        var value = BinaryPrimitives.ReadUInt64LittleEndian(digits) - 0x3030303030303030;
        value = (value * 10) + (value >> 8);
        value = (((value & 0x000000FF000000FF) * 0x000F424000000064) + (((value >> 16) & 0x000000FF000000FF) * 0x0000271000000001)) >> 32;
        return (int)value;
    }
}
