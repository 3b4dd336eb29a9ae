using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tidings.Protocols.Json;

/// <summary>Writes JSON for clients that are no web pages: only what RFC 8259 asks for is escaped.</summary>
internal static class JsonOutput
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a member as it came: half a surrogate pair in its value is relayed, not refused.</summary>
    public static void WriteMember(this Utf8JsonWriter writer, JsonProperty member)
    {
        writer.WritePropertyName(member.Name);
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(member.Value), skipInputValidation: true);
    }

    public static Utf8JsonWriter To(IBufferWriter<byte> output) => new(output, Plain);
}
