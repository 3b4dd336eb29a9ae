using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tidings.Client;

/// <summary>A message that was delivered.</summary>
public sealed class TidingsMessage
{
    private readonly JsonSerializerOptions _json;

    internal TidingsMessage(string channel, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> ext, long? replayId, JsonSerializerOptions json)
    {
        Channel = channel;
        Data = data;
        Ext = ext;
        ReplayId = replayId;
        _json = json;
    }

    /// <summary>The channel that it was published to.</summary>
    public string Channel { get; }

    /// <summary>Its data as JSON (RFC 8259), byte for byte as the server sent it; with replay, objects have <c>event.replayId</c> in them.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Its <c>ext</c> as JSON; empty if it has none.</summary>
    public ReadOnlyMemory<byte> Ext { get; }

    /// <summary>Its place in its channel's log, where replay is on and the data is an object; otherwise null.</summary>
    public long? ReplayId { get; }

    /// <summary>The data as a value.</summary>
    /// <exception cref="JsonException">The data is not of that type.</exception>
    public T? Read<T>() => JsonSerializer.Deserialize<T>(Data.Span, _json);

    /// <summary>The data as a value, without reflection.</summary>
    /// <exception cref="JsonException">The data is not of that type.</exception>
    public T? Read<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Data.Span, type);

    /// <summary>The channel and the data.</summary>
    public override string ToString() => $"{Channel} {Encoding.UTF8.GetString(Data.Span)}";
}
