using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Tidings.Protocols.Json;

namespace Tidings.Protocols.Hono;

/// <summary>What happened to a connection.</summary>
public enum ConnectionCause
{
    /// <summary>A device connected.</summary>
    Connected,

    /// <summary>Its connection ended, whyever.</summary>
    Disconnected,
}

/// <summary>
/// A connection event (Eclipse Hono, "Connection Events API"):
/// <code>{"cause":"connected","remote-id":"mqtt-client-id-1","source":"hono-mqtt","data":{"foo":"bar"}}</code>
/// </summary>
public sealed record ConnectionEvent
{
    /// <summary>The media type of the JSON.</summary>
    public const string ContentType = "application/vnd.eclipse-hono-dc-notification+json";

    /// <summary>What happened.</summary>
    public required ConnectionCause Cause { get; init; }

    /// <summary>The remote end as its protocol names it: an address, a port, a client id. Need not be unique.</summary>
    public required string RemoteId { get; init; }

    /// <summary>The protocol's adapter, such as <c>hono-mqtt</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Further information, a JSON object; empty for none.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Writes the JSON; <c>data</c> is left out if there is none.</summary>
    /// <exception cref="ArgumentException">A mandatory member is empty, or <see cref="Data"/> is no JSON object.</exception>
    public void Write(IBufferWriter<byte> output)
    {
        ArgumentException.ThrowIfNullOrEmpty(RemoteId);
        ArgumentException.ThrowIfNullOrEmpty(Source);
        if (!Data.IsEmpty && !IsObject(Data))
        {
            throw new ArgumentException("Data is no JSON object.");
        }

        using var writer = JsonOutput.To(output);
        writer.WriteStartObject();
        writer.WriteString("cause"u8, Cause == ConnectionCause.Connected ? "connected"u8 : "disconnected"u8);
        writer.WriteString("remote-id"u8, RemoteId);
        writer.WriteString("source"u8, Source);
        if (!Data.IsEmpty)
        {
            writer.WritePropertyName("data"u8);
            writer.WriteRawValue(Data.Span, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }

    /// <summary>
    /// Reads an event; null if it is none. <c>connect</c> and <c>disconnect</c> are taken, too: the documentation's oldest example has them.
    /// Members that are not known are passed over.
    /// </summary>
    public static ConnectionEvent? Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonInput.Parse(json);
        if (document is null
            || !document.RootElement.TryGetText("cause"u8, out var cause)
            || !document.RootElement.TryGetText("remote-id"u8, out var remoteId)
            || !document.RootElement.TryGetText("source"u8, out var source)
            || CauseOf(cause) is not { } known)
        {
            return null;
        }

        return new ConnectionEvent { Cause = known, RemoteId = remoteId, Source = source, Data = DataOf(document.RootElement) };
    }

    private static ConnectionCause? CauseOf(string text) => text switch
    {
        "connected" or "connect" => ConnectionCause.Connected,
        "disconnected" or "disconnect" => ConnectionCause.Disconnected,
        _ => null,
    };

    private static ReadOnlyMemory<byte> DataOf(JsonElement root) =>
        root.TryGetProperty("data"u8, out var data) && data.ValueKind == JsonValueKind.Object
            ? JsonMarshal.GetRawUtf8Value(data).ToArray()
            : default;

    private static bool IsObject(ReadOnlyMemory<byte> json)
    {
        using var document = JsonInput.Parse(json);
        return document?.RootElement.ValueKind == JsonValueKind.Object;
    }
}
