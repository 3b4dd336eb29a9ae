using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tidings.Protocols.Json;

/// <summary>Writes JSON for clients that are no web pages: only what RFC 8259 asks for is escaped.</summary>
internal static class JsonOutput
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Utf8JsonWriter To(IBufferWriter<byte> output) => new(output, Plain);
}
