using System.Buffers;
using System.Text.Json;

namespace Tidings.Gateway.Bayeux;

/// <summary>
/// The members of an <c>ext</c> that belong to the acknowledgement and replay extensions (CometD documentation, "Message Acknowledgment
/// Extension"; Salesforce's Streaming API, "Message Durability").
/// </summary>
internal static class BayeuxExt
{
    // How deep a message may be is decided where it is read.
    private static readonly JsonReaderOptions Deep = new() { MaxDepth = int.MaxValue };

    /// <summary>Whether a handshake asks for an extension: <c>"ack":true</c>.</summary>
    public static bool Asks(ReadOnlyMemory<byte> ext, ReadOnlySpan<byte> name) =>
        !ext.IsEmpty && Find(ext, name, static (ref Utf8JsonReader json) => json.TokenType == JsonTokenType.True);

    /// <summary>The last batch that a connect acknowledges: <c>"ack":7</c>; 0 where it says none.</summary>
    public static long AckOf(ReadOnlyMemory<byte> ext) =>
        ext.IsEmpty ? 0 : Find(ext, "ack"u8, static (ref Utf8JsonReader json) => json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var number) && number > 0 ? number : 0);

    /// <summary>Where a subscribe wants channels from: <c>"replay":{"/a":17}</c>; other channels than those subscribed to may be named.</summary>
    public static IReadOnlyDictionary<string, long> ReplayOf(ReadOnlyMemory<byte> ext) =>
        (ext.IsEmpty ? null : Find(ext, "replay"u8, ReadPlaces)) ?? [];

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

    /// <summary>An <c>ext</c> without some of its members, all others as they are; the same where it has none of them.</summary>
    public static byte[] Without(ReadOnlyMemory<byte> ext, byte[][] names)
    {
        var json = new Utf8JsonReader(ext.Span, Deep);
        json.Read();
        var (kept, left) = (new List<Range>(), 0);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)json.TokenStartIndex;
            var isLeftOut = false;
            foreach (var name in names)
            {
                isLeftOut |= json.IsNamed(name);
            }

            json.Read();
            json.Skip();
            if (isLeftOut)
            {
                left++;
            }
            else
            {
                kept.Add(start..(int)json.BytesConsumed);
            }
        }

        return left == 0 ? ext.ToArray() : [(byte)'{', .. Join(ext, kept), (byte)'}'];
    }

    private static IEnumerable<byte> Join(ReadOnlyMemory<byte> ext, List<Range> members) =>
        members.SelectMany((member, index) => index == 0 ? ext[member].ToArray() : [(byte)',', .. ext[member].ToArray()]);

    private delegate T Read<T>(ref Utf8JsonReader json);

    private static T? Find<T>(ReadOnlyMemory<byte> ext, ReadOnlySpan<byte> name, Read<T> read)
    {
        var json = new Utf8JsonReader(ext.Span, Deep);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var found = json.IsNamed(name);
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
            var channel = json.HasSurrogates() ? "" : json.GetString()!;
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
