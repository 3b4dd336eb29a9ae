using System.Buffers.Text;

namespace Tidings.Protocols.Bayeux;

/// <summary>Numbers of the wire as whole numbers, without a detour over floating point.</summary>
internal static class WireNumbers
{
    /// <summary>The whole part of a JSON number, at most the largest or least <see cref="long"/>; null if it has an exponent.</summary>
    public static long? Whole(ReadOnlySpan<byte> number)
    {
        if (number.IndexOfAny((byte)'e', (byte)'E') >= 0)
            return null;
        var point = number.IndexOf((byte)'.');
        var whole = point < 0 ? number : number[..point];
        if (Utf8Parser.TryParse(whole, out long value, out var consumed) && consumed == whole.Length)
            return value;
        return whole is [(byte)'-', ..] ? long.MinValue : long.MaxValue;
    }
}
