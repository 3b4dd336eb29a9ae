using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Tidings.Protocols.Bayeux;

/// <summary>Pieces of JSON text (RFC 8259) that a codec around the messages needs.</summary>
public static class BayeuxText
{
    private static readonly char[] Escaped = [.. Enumerable.Range(0, 0x20).Select(code => (char)code), '"', '\\'];
    private static readonly SearchValues<char> EscapedChars = SearchValues.Create(Escaped);
    private static readonly SearchValues<byte> EscapedBytes = SearchValues.Create(Encoding.ASCII.GetBytes(Escaped));

    /// <summary>Writes text as a JSON string with its quotes. Half a surrogate pair becomes U+FFFD.</summary>
    public static void WriteString(IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        output.Write("\""u8);
        for (var next = text.IndexOfAny(EscapedChars); next >= 0; next = text.IndexOfAny(EscapedChars))
        {
            Encoding.UTF8.GetBytes(text[..next], output);
            WriteEscape(output, (byte)text[next]);
            text = text[(next + 1)..];
        }

        if (!text.IsEmpty)
            Encoding.UTF8.GetBytes(text, output);
        output.Write("\""u8);
    }

    /// <summary>Writes UTF-8 text as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.</summary>
    public static void WriteString(IBufferWriter<byte> output, ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
        {
            WriteString(output, Encoding.UTF8.GetString(utf8));
            return;
        }

        output.Write("\""u8);
        for (var next = utf8.IndexOfAny(EscapedBytes); next >= 0; next = utf8.IndexOfAny(EscapedBytes))
        {
            output.Write(utf8[..next]);
            WriteEscape(output, utf8[next]);
            utf8 = utf8[(next + 1)..];
        }

        output.Write(utf8);
        output.Write("\""u8);
    }

    /// <summary>Writes a raw JSON object with one more member at its end; an empty span counts as an object without members.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="rawObject">A valid JSON object that has no member of that name.</param>
    /// <param name="name">The name, plain ASCII that needs no escape.</param>
    /// <param name="rawValue">The value as JSON.</param>
    public static void WriteObjectWith(
        IBufferWriter<byte> output, ReadOnlySpan<byte> rawObject, ReadOnlySpan<byte> name, ReadOnlySpan<byte> rawValue)
    {
        var members = rawObject.IsEmpty ? [] : rawObject.Trim(" \t\r\n"u8)[1..^1].Trim(" \t\r\n"u8);
        output.Write("{"u8);
        output.Write(members);
        output.Write(members.IsEmpty ? "\""u8 : ",\""u8);
        output.Write(name);
        output.Write("\":"u8);
        output.Write(rawValue);
        output.Write("}"u8);
    }

    /// <summary>Finds a member of a raw JSON object; of several with the name, the last.</summary>
    /// <param name="rawObject">A valid JSON object as <see cref="BayeuxMessage.Ext"/> is one, or nothing.</param>
    /// <param name="name">The name, unescaped.</param>
    /// <param name="rawValue">The value as JSON, a slice of the object.</param>
    /// <returns>Whether there is such a member. Input that is not a JSON object has none.</returns>
    public static bool TryGetMember(ReadOnlyMemory<byte> rawObject, ReadOnlySpan<byte> name, out ReadOnlyMemory<byte> rawValue)
    {
        rawValue = default;
        var json = new Utf8JsonReader(rawObject.Span);
        try
        {
            if (rawObject.IsEmpty || !json.Read() || json.TokenType != JsonTokenType.StartObject)
                return false;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
                ReadMember(ref json, rawObject, name, ref rawValue);
            return !rawValue.IsEmpty;
        }
        catch (JsonException)
        {
            rawValue = default;
            return false;
        }
    }

    private static void ReadMember(
        ref Utf8JsonReader json, ReadOnlyMemory<byte> rawObject, ReadOnlySpan<byte> name, ref ReadOnlyMemory<byte> rawValue)
    {
        var isIt = !json.ValueIsEscaped ? json.ValueSpan.SequenceEqual(name) : WireStrings.IsEscaped(ref json, name);
        json.Read();
        var start = (int)json.TokenStartIndex;
        json.Skip();
        if (isIt)
            rawValue = rawObject[start..(int)json.BytesConsumed];
    }

    private static void WriteEscape(IBufferWriter<byte> output, byte character)
    {
        switch (character)
        {
            case (byte)'"': output.Write("\\\""u8); break;
            case (byte)'\\': output.Write("\\\\"u8); break;
            case (byte)'\n': output.Write("\\n"u8); break;
            case (byte)'\r': output.Write("\\r"u8); break;
            case (byte)'\t': output.Write("\\t"u8); break;
            default: WriteHexEscape(output, character); break;
        }
    }

    private static void WriteHexEscape(IBufferWriter<byte> output, byte character)
    {
        var digits = "0123456789abcdef"u8;
        output.Write([.. "\\u00"u8, digits[character >> 4], digits[character & 15]]);
    }
}
