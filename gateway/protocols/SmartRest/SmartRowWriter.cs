using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Tidings.Protocols.SmartRest;

/// <summary>
/// Writes rows as UTF-8, each ended by LF. A value is quoted when it holds a quote, a comma, a line end or a tab, or when a blank
/// stands at one of its ends; <see cref="SmartRowReader"/> states the grammar.
/// </summary>
public static class SmartRowWriter
{
    /// <summary>Writes a whole row.</summary>
    public static void WriteRow(IBufferWriter<byte> output, params ReadOnlySpan<string> fields)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (i > 0)
                output.Write(","u8);
            WriteField(output, fields[i]);
        }

        output.Write("\n"u8);
    }

    /// <summary>Writes one value, quoted if it has to be.</summary>
    public static void WriteField(IBufferWriter<byte> output, string value)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(value.Length));
        WriteField(output, bytes.AsSpan(0, Encoding.UTF8.GetBytes(value, bytes)));
        ArrayPool<byte>.Shared.Return(bytes);
    }

    /// <summary>Writes one value given as UTF-8, quoted if it has to be.</summary>
    public static void WriteField(IBufferWriter<byte> output, ReadOnlySpan<byte> value)
    {
        if (!SmartText.NeedsQuotes(value))
        {
            output.Write(value);
            return;
        }

        output.Write("\""u8);
        for (int quote; (quote = value.IndexOf((byte)'"')) >= 0; value = value[(quote + 1)..])
        {
            output.Write(value[..quote]);
            output.Write("\"\""u8);
        }

        output.Write(value);
        output.Write("\""u8);
    }

    /// <summary>Writes a whole number.</summary>
    internal static void WriteNumber(IBufferWriter<byte> output, long value)
    {
        Utf8Formatter.TryFormat(value, output.GetSpan(20), out var written);
        output.Advance(written);
    }
}
