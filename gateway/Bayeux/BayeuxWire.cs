using System.Buffers;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>Writes the arrays that every transport sends.</summary>
internal static class BayeuxWire
{
    /// <summary>Replies of one request: a handshake's first, then messages that go with it, then the others.</summary>
    public static ArrayBufferWriter<byte> Write(BayeuxAnswer answer)
    {
        var output = new ArrayBufferWriter<byte>(256);
        output.Write("["u8);
        var first = true;
        foreach (var reply in answer.Replies)
        {
            Separate(output, ref first);
            BayeuxWriter.WriteReply(output, reply);
        }

        foreach (var direct in answer.WithHandshake)
        {
            Separate(output, ref first);
            BayeuxWriter.WriteDelivery(output, direct.Channel, direct.Body, default, default);
        }

        output.Write("]"u8);
        return output;
    }

    /// <summary>Messages first, then replies to the rest of the batch, and the connect's reply last.</summary>
    public static ArrayBufferWriter<byte> Write(
        LocalSession session, List<OutboxItem>? items, IEnumerable<BayeuxMessage> replies, Func<DeliveryBatch, Message, bool>? leaveOut, out int delivered)
    {
        var output = new ArrayBufferWriter<byte>((items?.Sum(static item => item.Bytes + (64 * item.Count)) ?? 0) + 256);
        output.Write("["u8);
        delivered = items is null ? 0 : BayeuxDeliveries.For(session).Write(output, items, leaveOut);
        var first = delivered == 0;
        foreach (var reply in replies)
        {
            Separate(output, ref first);
            BayeuxWriter.WriteReply(output, reply);
        }

        output.Write("]"u8);
        return output;
    }

    private static void Separate(IBufferWriter<byte> output, ref bool first)
    {
        if (!first)
        {
            output.Write(","u8);
        }

        first = false;
    }
}
