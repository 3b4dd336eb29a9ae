using System.Text.Json.Nodes;
using Tidings.Conformance.Wire;

namespace Tidings.Conformance.Client;

/// <summary>The requests of a Bayeux client, with a fresh id each.</summary>
static class Messages
{
    static int _lastId;

    public static JsonObject Handshake(Transport transport, JsonObject? ext = null)
    {
        var message = Message("/meta/handshake");
        message["version"] = "1.0";
        message["minimumVersion"] = "1.0";
        message["supportedConnectionTypes"] = new JsonArray(transport.Name());
        return WithExt(message, ext);
    }

    /// <summary>A connect; <paramref name="timeout"/> in milliseconds goes into its advice, null for no advice.</summary>
    public static JsonObject Connect(string clientId, Transport transport, double? timeout = null)
    {
        var message = Message("/meta/connect", clientId);
        message["connectionType"] = transport.Name();
        if (timeout is not null)
            message["advice"] = new JsonObject { ["timeout"] = Math.Round(timeout.Value) };
        return message;
    }

    public static JsonObject Subscribe(string clientId, params string[] channels) => Subscription("/meta/subscribe", clientId, channels);

    public static JsonObject Unsubscribe(string clientId, params string[] channels) => Subscription("/meta/unsubscribe", clientId, channels);

    public static JsonObject Disconnect(string clientId) => Message("/meta/disconnect", clientId);

    public static JsonObject Publish(string clientId, string channel, JsonNode? data, JsonObject? ext = null)
    {
        var message = Message(channel, clientId);
        message["data"] = data;
        return WithExt(message, ext);
    }

    /// <summary>Any message.</summary>
    public static JsonObject Message(string channel, string? clientId = null)
    {
        var message = new JsonObject { ["id"] = $"m{Interlocked.Increment(ref _lastId)}", ["channel"] = channel };
        if (clientId is not null)
            message["clientId"] = clientId;
        return message;
    }

    /// <summary>One channel is a string, several are an array.</summary>
    static JsonObject Subscription(string meta, string clientId, string[] channels)
    {
        var message = Message(meta, clientId);
        message["subscription"] = channels.Length == 1
            ? channels[0]
            : new JsonArray([.. channels.Select(channel => (JsonNode)channel)]);
        return message;
    }

    static JsonObject WithExt(JsonObject message, JsonObject? ext)
    {
        if (ext is not null)
            message["ext"] = ext;
        return message;
    }
}
