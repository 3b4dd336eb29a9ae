using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tidings.Protocols.Bayeux;

namespace Tidings.Client.Sessions;

/// <summary>Makes requests, with ids counted up.</summary>
internal sealed class Requests
{
    private const string Version = "1.0";
    private long _lastId;

    public BayeuxMessage Handshake(IReadOnlyList<string> connectionTypes, bool acknowledge, bool replay, TidingsCredentials? credentials) => new()
    {
        Id = NextId(),
        Channel = MetaChannels.Handshake,
        Version = Version,
        MinimumVersion = Version,
        SupportedConnectionTypes = connectionTypes,
        Ext = Ext(json =>
        {
            Flag(json, "ack", acknowledge);
            Flag(json, "replay", replay);
            credentials?.WriteTo(json);
        }),
    };

    /// <param name="clientId">The session.</param>
    /// <param name="connectionType">The transport.</param>
    /// <param name="hold">How long the server may hold it; null as long as it likes.</param>
    /// <param name="batch">The last batch that arrived; null without the extension.</param>
    /// <param name="credentials">New ones; null where the server knows them.</param>
    public BayeuxMessage Connect(string clientId, string connectionType, TimeSpan? hold, long? batch, TidingsCredentials? credentials) => new()
    {
        Id = NextId(),
        Channel = MetaChannels.Connect,
        ClientId = clientId,
        ConnectionType = connectionType,
        Advice = hold is { } time ? new BayeuxAdvice { Timeout = (long)time.TotalMilliseconds } : null,
        Ext = Ext(json =>
        {
            if (batch is { } number)
            {
                json.WriteNumber("ack", number);
            }

            credentials?.WriteTo(json);
        }),
    };

    /// <param name="clientId">The session.</param>
    /// <param name="channel">The channel or pattern.</param>
    /// <param name="after">The id after which messages are wanted; null for new ones only.</param>
    public BayeuxMessage Subscribe(string clientId, string channel, long? after) => new()
    {
        Id = NextId(),
        Channel = MetaChannels.Subscribe,
        ClientId = clientId,
        Subscriptions = [channel],
        Ext = Ext(json =>
        {
            if (after is { } id)
            {
                json.WriteStartObject("replay");
                json.WriteNumber(channel, id);
                json.WriteEndObject();
            }
        }),
    };

    public BayeuxMessage Unsubscribe(string clientId, string channel) => new()
    {
        Id = NextId(),
        Channel = MetaChannels.Unsubscribe,
        ClientId = clientId,
        Subscriptions = [channel],
    };

    public BayeuxMessage Disconnect(string clientId) => new() { Id = NextId(), Channel = MetaChannels.Disconnect, ClientId = clientId };

    public static BayeuxMessage Publish(string clientId, string channel, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> id) =>
        new() { Id = id, Channel = channel, ClientId = clientId, Data = data };

    /// <summary>An id that no other request of this client has.</summary>
    public ReadOnlyMemory<byte> NextId() =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\"{Interlocked.Increment(ref _lastId)}\""));

    private static void Flag(Utf8JsonWriter json, string name, bool on)
    {
        if (on)
        {
            json.WriteBoolean(name, true);
        }
    }

    /// <summary>An object with these members; nothing if there are none.</summary>
    private static ReadOnlyMemory<byte> Ext(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
        json.Flush();
        return output.WrittenCount <= 2 ? default : output.WrittenMemory;
    }
}

/// <summary>The meta channels (Bayeux specification).</summary>
internal static class MetaChannels
{
    public const string Prefix = "/meta/";
    public const string Handshake = "/meta/handshake";
    public const string Connect = "/meta/connect";
    public const string Subscribe = "/meta/subscribe";
    public const string Unsubscribe = "/meta/unsubscribe";
    public const string Disconnect = "/meta/disconnect";
}
