using System.Buffers;
using System.Text.Json;

namespace Tidings.Protocols.SmartRest;

/// <summary>
/// Writes JSON values into rows: a string as its text, <c>null</c> as nothing, objects and arrays as compact JSON, everything else
/// as it is written in JSON (<c>1.0</c> stays <c>1.0</c>).
/// </summary>
internal static class JsonValueWriter
{
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        switch (json[0])
        {
            case (byte)'"' when !json.Contains((byte)'\\'):
                SmartRowWriter.WriteField(output, json[1..^1]);
                break;
            case (byte)'"':
                WriteEscaped(output, json);
                break;
            case (byte)'{' or (byte)'[':
                WriteCompact(output, json);
                break;
            case (byte)'n':
                break;
            default:
                output.Write(json);
                break;
        }
    }

    private static void WriteEscaped(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        var text = ArrayPool<byte>.Shared.Rent(json.Length);
        var reader = new Utf8JsonReader(json);
        reader.Read();
        try
        {
            SmartRowWriter.WriteField(output, text.AsSpan(0, reader.CopyString(text)));
        }
        catch (InvalidOperationException)
        {
            SmartRowWriter.WriteField(output, json[1..^1]); // half a surrogate pair is no text: its escapes stay
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(text);
        }
    }

    private static void WriteCompact(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        var compact = ArrayPool<byte>.Shared.Rent(json.Length);
        var (length, inString) = (0, false);
        for (var i = 0; i < json.Length; i++)
        {
            var c = json[i];
            if (!inString && c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
                continue;
            compact[length++] = c;
            if (c == (byte)'"')
                inString = !inString;
            else if (c == (byte)'\\')
                compact[length++] = json[++i]; // only strings hold backslashes
        }

        SmartRowWriter.WriteField(output, compact.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(compact);
    }
}
