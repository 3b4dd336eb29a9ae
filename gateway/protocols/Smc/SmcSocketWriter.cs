using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tidings.Protocols.Json;

namespace Tidings.Protocols.Smc;

/// <summary>
/// Writes what the notification socket sends:
/// <code>
/// {"success":"Subscribed …","context":"host","subscription_id":0}
/// {"event":{"type":"create","element":"http://host/7.2/elements/host/1732"},"subscription_id":0}
/// {"events":[{"type":"create","element":"…"}],"subscription_id":0}      API 6.5 and before
/// {"failure":"reason"}
/// </code>
/// </summary>
public static class SmcSocketWriter
{
    /// <summary>A subscription was made.</summary>
    public static void WriteSubscribed(IBufferWriter<byte> output, string context, int subscriptionId) =>
        WriteSuccess(output, "Subscribed for notifications", context, subscriptionId);

    /// <summary>A subscription was ended.</summary>
    public static void WriteUnsubscribed(IBufferWriter<byte> output, int subscriptionId) =>
        WriteSuccess(output, "Unsubscribed", null, subscriptionId);

    /// <summary>A request could not be carried out.</summary>
    public static void WriteFailure(IBufferWriter<byte> output, string reason)
    {
        using var writer = JsonOutput.To(output);
        writer.WriteStartObject();
        writer.WriteString("failure"u8, reason);
        writer.WriteEndObject();
    }

    /// <summary>
    /// The part of an event's object that is the same for every receiver: <c>"type":"create",</c> and further members of the body
    /// but <c>element</c>. The type is the body's where it is one that clients know, otherwise <c>update</c>. A body that is no object
    /// becomes <c>content</c>.
    /// </summary>
    /// <param name="body">What was published, JSON.</param>
    public static byte[] EncodeBody(ReadOnlyMemory<byte> body)
    {
        var output = new ArrayBufferWriter<byte>(body.Length + 32);
        using var document = JsonInput.Parse(body);
        using (var writer = JsonOutput.To(output))
        {
            writer.WriteStartObject();
            writer.WriteString(
                "type"u8,
                document is not null && document.RootElement.TryGetText("type"u8, out var type) && SmcEventTypes.IsKnown(type) ? type : SmcEventTypes.Update);
            if (document is not null)
            {
                WriteMembers(writer, document.RootElement);
            }

            writer.WriteEndObject();
        }

        // Without its braces, so that the element's href can be put in.
        return output.WrittenSpan[1..^1].ToArray();
    }

    /// <summary>An event for one subscription.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="version">The session's version: it decides between <c>event</c> and <c>events</c>.</param>
    /// <param name="encodedBody">What <see cref="EncodeBody"/> gave.</param>
    /// <param name="element">The element's absolute href.</param>
    /// <param name="subscriptionId">The subscription.</param>
    public static void WriteEvent(
        IBufferWriter<byte> output, SmcVersion version, ReadOnlySpan<byte> encodedBody, string element, int subscriptionId)
    {
        var (head, tail) = version.SendsArrays ? ("{\"events\":[{", "}],\"subscription_id\":") : ("{\"event\":{", "},\"subscription_id\":");
        Write(output, head);
        output.Write(encodedBody);
        output.Write(",\"element\":\""u8);
        output.Write(JsonEncodedText.Encode(element, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        output.Write("\""u8);
        Write(output, tail);
        Write(output, subscriptionId.ToString(CultureInfo.InvariantCulture));
        output.Write("}"u8);
    }

    private static void WriteSuccess(IBufferWriter<byte> output, string text, string? context, int subscriptionId)
    {
        using var writer = JsonOutput.To(output);
        writer.WriteStartObject();
        writer.WriteString("success"u8, text);
        if (context is not null)
        {
            writer.WriteString("context"u8, context);
        }

        writer.WriteNumber("subscription_id"u8, subscriptionId);
        writer.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter writer, JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            writer.WritePropertyName("content"u8);
            writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(body), skipInputValidation: true);
            return;
        }

        foreach (var member in body.EnumerateObject())
        {
            if (!member.NameEquals("type"u8) && !member.NameEquals("element"u8))
            {
                writer.WriteMember(member);
            }
        }
    }

    private static void Write(IBufferWriter<byte> output, string ascii) => Encoding.ASCII.GetBytes(ascii.AsSpan(), output);
}
