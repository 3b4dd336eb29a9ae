using System.Buffers;

namespace Tidings.Protocols.SmartRest;

/// <summary>The characters that matter to rows.</summary>
internal static class SmartText
{
    /// <summary>What is not part of an unquoted value at its ends. LF ends a row and is not among them.</summary>
    public static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t\r\v\f"u8);

    /// <summary>What makes quotes necessary wherever it stands in a value.</summary>
    public static readonly SearchValues<byte> Special = SearchValues.Create("\",\n\r\t"u8);

    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value)
    {
        var start = value.IndexOfAnyExcept(Blanks);
        return start < 0 ? [] : value[start..(value.LastIndexOfAnyExcept(Blanks) + 1)];
    }

    public static bool NeedsQuotes(ReadOnlySpan<byte> value) =>
        value.Length > 0 && (Blanks.Contains(value[0]) || Blanks.Contains(value[^1]) || value.ContainsAny(Special));
}
