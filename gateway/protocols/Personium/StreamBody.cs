using System.Text;
using System.Text.Json;
using Tidings.Protocols.Json;

namespace Tidings.Protocols.Personium;

/// <summary>
/// What becomes of a body that is sent to a queue or topic. It is taken as UTF-8 text whatever its media type; a JSON object is delivered
/// as it is, everything else as <c>{"content":"the text"}</c>, and JSON <c>null</c> as <c>null</c> by a topic and not at all by a queue.
/// </summary>
public static class StreamBody
{
    private static readonly byte[] Null = "null"u8.ToArray();

    /// <summary>The body as a topic delivers it.</summary>
    public static ReadOnlyMemory<byte> ForTopic(ReadOnlyMemory<byte> body) => Normalize(body) ?? Null;

    /// <summary>The body as a queue delivers it; null if it does not.</summary>
    public static ReadOnlyMemory<byte>? ForQueue(ReadOnlyMemory<byte> body) => Normalize(body);

    /// <summary>A queue's answer to a reader: an array of bodies.</summary>
    public static byte[] Join(IEnumerable<ReadOnlyMemory<byte>> bodies)
    {
        var joined = new MemoryStream();
        foreach (var body in bodies)
        {
            joined.Write(joined.Length == 0 ? "["u8 : ","u8);
            joined.Write(body.Span);
        }

        joined.Write(joined.Length == 0 ? "[]"u8 : "]"u8);
        return joined.ToArray();
    }

    private static ReadOnlyMemory<byte>? Normalize(ReadOnlyMemory<byte> body)
    {
        using var document = JsonInput.Parse(body);
        return document?.RootElement.ValueKind switch
        {
            JsonValueKind.Object => body,
            JsonValueKind.Null => default(ReadOnlyMemory<byte>?),
            _ => Content(Encoding.UTF8.GetString(body.Span)),
        };
    }

    private static byte[] Content(string text)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = JsonOutput.To(output))
        {
            writer.WriteStartObject();
            writer.WriteString("content"u8, text);
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }
}
