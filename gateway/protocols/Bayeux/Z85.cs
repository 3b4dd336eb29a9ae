using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Tidings.Protocols.Bayeux;

/// <summary>
/// Bytes as text for CometD's binary extension: the alphabet of Z85 (ZeroMQ RFC 32), five characters for four bytes.
/// Unlike that RFC any length is allowed: n bytes at the end, fewer than four, take n + 1 characters.
/// </summary>
public static class Z85
{
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

    private static readonly SearchValues<char> Letters = SearchValues.Create(Alphabet);

    /// <summary>Encodes bytes; n bytes give ceil(5n/4) characters.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new char[(bytes.Length * 5L + 3) / 4];
        for (int read = 0, written = 0; read < bytes.Length; read += 4, written += 5)
            EncodeGroup(bytes[read..Math.Min(read + 4, bytes.Length)], text.AsSpan(written));
        return new string(text);
    }

    /// <summary>Decodes text.</summary>
    /// <returns>False for a character outside the alphabet, a length that no bytes have, and a group above 32 bits.</returns>
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.Length % 5 == 1 || text.ContainsAnyExcept(Letters))
            return false;

        var decoded = new byte[text.Length * 4L / 5];
        for (int read = 0, written = 0; read < text.Length; read += 5, written += 4)
        {
            if (!TryDecodeGroup(text[read..Math.Min(read + 5, text.Length)], decoded.AsSpan(written)))
                return false;
        }

        bytes = decoded;
        return true;
    }

    private static void EncodeGroup(ReadOnlySpan<byte> group, Span<char> text)
    {
        uint value = 0;
        for (var i = 0; i < 4; i++)
            value = value << 8 | (i < group.Length ? group[i] : 0u);

        var divisor = 85u * 85 * 85 * 85;
        for (var i = 0; i <= group.Length; i++, divisor /= 85)
            text[i] = Alphabet[(int)(value / divisor % 85)];
    }

    // The characters cut off a short group count as the highest, which undoes the rounding down.
    private static bool TryDecodeGroup(ReadOnlySpan<char> group, Span<byte> bytes)
    {
        ulong value = 0;
        for (var i = 0; i < 5; i++)
            value = value * 85 + (ulong)(i < group.Length ? Alphabet.IndexOf(group[i], StringComparison.Ordinal) : 84);
        if (value > uint.MaxValue)
            return false;

        for (var i = 0; i < group.Length - 1; i++)
            bytes[i] = (byte)(value >> (24 - 8 * i));
        return true;
    }
}
