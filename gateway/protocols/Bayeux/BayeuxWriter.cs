using System.Buffers;
using System.Text;

namespace Tidings.Protocols.Bayeux;

/// <summary>
/// Writes Bayeux messages as UTF-8 JSON, one object a call; the caller writes the array around them.
/// Raw members are taken as they are: they come from <see cref="BayeuxReader"/> or are valid JSON otherwise.
/// </summary>
public static class BayeuxWriter
{
    /// <summary>Writes a message with every member that is set, in the order in which CometD's server writes replies.</summary>
    public static void WriteReply(IBufferWriter<byte> output, BayeuxMessage reply)
    {
        var members = new MemberWriter(output);
        members.Raw("\"id\":"u8, reply.Id.Span);
        members.Text("\"channel\":"u8, reply.Channel);
        WriteSubscription(ref members, reply);
        members.Flag("\"successful\":"u8, reply.Successful);
        members.Text("\"clientId\":"u8, reply.ClientId);
        members.Text("\"version\":"u8, reply.Version);
        members.Text("\"minimumVersion\":"u8, reply.MinimumVersion);
        members.Text("\"connectionType\":"u8, reply.ConnectionType);
        members.Texts("\"supportedConnectionTypes\":"u8, reply.SupportedConnectionTypes);
        members.Text("\"error\":"u8, reply.Error);
        members.Advice(reply.Advice);
        members.Raw("\"data\":"u8, reply.Data.Span);
        members.Raw("\"ext\":"u8, reply.Ext.Span);
        members.Raw([], reply.Extras.Span);
        members.End();
    }

    /// <summary>
    /// Writes a message for a subscriber: <c>{"channel":"/a","data":…,"id":…,"ext":…,"foo":…}</c>. What is empty is left out.
    /// There is no way to give it a clientId, which would let the receiver speak for the publisher, or <c>successful</c>,
    /// by which clients tell replies.
    /// </summary>
    /// <param name="output">Where to.</param>
    /// <param name="channel">The channel published to.</param>
    /// <param name="data">Raw JSON.</param>
    /// <param name="ext">Raw JSON object.</param>
    /// <param name="extras">Members as <see cref="BayeuxMessage.Extras"/> holds them.</param>
    /// <param name="id">Raw JSON of an id given by the server; the publisher's own does not belong here.</param>
    public static void WriteDelivery(
        IBufferWriter<byte> output,
        string channel,
        ReadOnlySpan<byte> data,
        ReadOnlySpan<byte> ext,
        ReadOnlySpan<byte> extras,
        ReadOnlySpan<byte> id = default)
    {
        var members = new MemberWriter(output);
        members.Text("\"channel\":"u8, channel);
        members.Raw("\"data\":"u8, data);
        members.Raw("\"id\":"u8, id);
        members.Raw("\"ext\":"u8, ext);
        members.Raw([], extras);
        members.End();
    }

    /// <summary>
    /// Writes a JSONP script, <c>/**/callback(json);</c>. The comment keeps the callback from being sniffed as another file format;
    /// <c>&lt;</c>, U+2028 and U+2029 are escaped, which valid JSON has inside strings only.
    /// </summary>
    /// <exception cref="ArgumentException">The callback is not one that <see cref="JsonpCallback.IsValid"/> accepts.</exception>
    public static void WriteJsonp(IBufferWriter<byte> output, string callback, ReadOnlySpan<byte> json)
    {
        if (!JsonpCallback.IsValid(callback))
            throw new ArgumentException("Not a valid JSONP callback name.", nameof(callback));

        output.Write("/**/"u8);
        Encoding.ASCII.GetBytes(callback.AsSpan(), output);
        output.Write("("u8);
        JsonpCallback.WriteEscaped(output, json);
        output.Write(");"u8);
    }

    private static void WriteSubscription(ref MemberWriter members, BayeuxMessage reply)
    {
        if (reply.SubscriptionIsArray || reply.Subscriptions is not [var channel])
            members.Texts("\"subscription\":"u8, reply.Subscriptions);
        else
            members.Text("\"subscription\":"u8, channel);
    }
}
