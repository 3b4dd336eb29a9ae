using System.Buffers;
using System.Text.Json;

namespace Tidings.Gateway.Bayeux;

/// <summary>
/// The members of an <c>ext</c> that belong to the acknowledgement and replay extensions (CometD documentation, "Message Acknowledgment
/// Extension"; Salesforce's Streaming API, "Message Durability").
/// </summary>
internal static class BayeuxExt
{
    /// <summary>Whether a handshake asks for an extension: <c>"ack":true</c>.</summary>
    public static bool Asks(ReadOnlyMemory<byte> ext, string name) =>
        !ext.IsEmpty && Find(ext, name, static (ref Utf8JsonReader json) => json.TokenType == JsonTokenType.True);

    /// <summary>The last batch that a connect acknowledges: <c>"ack":7</c>; 0 where it says none.</summary>
    public static long AckOf(ReadOnlyMemory<byte> ext) =>
        ext.IsEmpty ? 0 : Find(ext, "ack", static (ref Utf8JsonReader json) => json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var number) && number > 0 ? number : 0);

    /// <summary>Where a subscribe wants channels from: <c>"replay":{"/a":17}</c>; other channels than those subscribed to may be named.</summary>
    public static IReadOnlyDictionary<string, long> ReplayOf(ReadOnlyMemory<byte> ext) =>
        (ext.IsEmpty ? null : Find(ext, "replay", ReadPlaces)) ?? [];

    /// <summary>An <c>ext</c> for a reply; empty where there is nothing to say.</summary>
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<ChannelCursor> gaps, long? batch)
    {
        if (gaps.Count == 0 && batch is null)
        {
            return default;
        }

        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        if (batch is { } number)
        {
            json.WriteNumber("ack"u8, number);
        }

        if (gaps.Count > 0)
        {
            BayeuxGaps.Write(json, gaps);
        }

        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }

    /// <summary>The <c>ext</c> of a handshake's reply: the extensions that the server agrees to.</summary>
    public static ReadOnlyMemory<byte> Agree(bool acknowledges, bool replays) => (acknowledges, replays) switch
    {
        (true, true) => "{\"ack\":true,\"replay\":true}"u8.ToArray(),
        (true, false) => "{\"ack\":true}"u8.ToArray(),
        (false, true) => "{\"replay\":true}"u8.ToArray(),
        _ => default,
    };

    private delegate T Read<T>(ref Utf8JsonReader json);

    private static T? Find<T>(ReadOnlyMemory<byte> ext, string name, Read<T> read)
    {
        var json = new Utf8JsonReader(ext.Span);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var found = json.ValueTextEquals(name);
            json.Read();
            if (found)
            {
                return read(ref json);
            }

            json.Skip();
        }

        return default;
    }

    private static Dictionary<string, long>? ReadPlaces(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        var places = new Dictionary<string, long>(StringComparer.Ordinal);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var channel = json.GetString()!;
            json.Read();
            if (json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var after))
            {
                var query = channel.IndexOf('?', StringComparison.Ordinal);
                places[query < 0 ? channel : channel[..query]] = after;
            }

            json.Skip();
        }

        return places;
    }
}
