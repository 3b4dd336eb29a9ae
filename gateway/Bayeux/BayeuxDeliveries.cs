using System.Buffers;
using System.Text;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>Writes deliveries as Bayeux messages, joined by commas.</summary>
internal class BayeuxDeliveries(int slot) : IDeliveryCodec
{
    private static readonly byte[] BinaryExt = "{\"binary\":{}}"u8.ToArray();

    /// <summary>Messages as they were published.</summary>
    public static BayeuxDeliveries Plain { get; } = new(DeliveryCodecs.Bayeux);

    /// <summary>Messages with their offsets, for clients that come back to them.</summary>
    public static BayeuxDeliveries WithIds { get; } = new ReplayDeliveries();

    public int Slot => slot;

    public byte[] Encode(DeliveryBatch batch)
    {
        var output = new ArrayBufferWriter<byte>(batch.Bytes + (batch.Count * 64));
        foreach (var message in batch.Messages)
        {
            if (BodyOf(message) is { } body)
            {
                Separate(output, output.WrittenCount);
                Write(output, batch.Channel.Name, message, body);
            }
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Whether anything of what waits is shown.</summary>
    public virtual bool ShowsAny(List<OutboxItem> items) => true;

    /// <summary>Writes what waits for a session, leaving out what it published itself where it is not to get that.</summary>
    /// <returns>How many messages were written, with those of their batches that are not shown.</returns>
    public int Write(IBufferWriter<byte> output, List<OutboxItem> items, Func<DeliveryBatch, Message, bool>? leaveOut)
    {
        var written = 0;
        foreach (var item in items)
        {
            if (item is DeliveryBatch batch && (leaveOut is null || !Array.Exists(batch.Messages, message => leaveOut(batch, message))))
            {
                var encoded = batch.EncodedBy(this);
                if (encoded.Length > 0)
                {
                    Separate(output, written);
                    output.Write(encoded);
                    written += batch.Count;
                }
            }
            else if (item is DeliveryBatch filtered)
            {
                foreach (var message in filtered.Messages.Where(message => !leaveOut!(filtered, message)))
                {
                    if (BodyOf(message) is { } body)
                    {
                        Separate(output, written++);
                        Write(output, filtered.Channel.Name, message, body);
                    }
                }
            }
            else if (item is DirectItem direct)
            {
                Separate(output, written++);
                Write(output, direct.Message);
            }
        }

        return written;
    }

    /// <summary>What clients call a channel.</summary>
    protected virtual string NameOf(string channel) => channel;

    /// <summary>What clients see of a message; null if they do not see it.</summary>
    protected virtual ReadOnlyMemory<byte>? BodyOf(Message message) => message.Item.Body;

    /// <summary>The id that the server gives a message, raw JSON; empty for none.</summary>
    protected virtual ReadOnlyMemory<byte> IdOf(Message message) => default;

    private static void Separate(IBufferWriter<byte> output, int written)
    {
        if (written > 0)
        {
            output.Write(","u8);
        }
    }

    private void Write(IBufferWriter<byte> output, string channel, Message message, ReadOnlyMemory<byte> body)
    {
        var (item, name) = (message.Item, NameOf(channel));
        var id = IdOf(message).Span;
        if (item.MediaType is null || MediaTypes.IsJson(item.MediaType))
        {
            BayeuxWriter.WriteDelivery(output, name, body.Span, item.Ext, item.Extras, id);
            return;
        }

        var data = new ArrayBufferWriter<byte>(item.Body.Length + 16);
        if (MediaTypes.IsText(item.MediaType))
        {
            BayeuxText.WriteString(data, Encoding.UTF8.GetString(item.Body));
            BayeuxWriter.WriteDelivery(output, name, data.WrittenSpan, item.Ext, item.Extras, id);
            return;
        }

        // Other bytes travel as CometD's binary extension has them.
        data.Write("{\"data\":"u8);
        BayeuxText.WriteString(data, Z85.Encode(item.Body));
        data.Write(",\"last\":true}"u8);
        BayeuxWriter.WriteDelivery(output, name, data.WrittenSpan, item.Ext ?? BinaryExt, item.Extras, id);
    }

    private static void Write(IBufferWriter<byte> output, DirectMessage message) => BayeuxWriter.WriteReply(output, new BayeuxMessage
    {
        Channel = message.Channel,
        Data = message.Body,
        Id = message.CallId,
        Successful = message.Successful,
        Ext = message.Ext,
    });
}

/// <summary>Bodies with the offsets of their messages.</summary>
internal sealed class ReplayDeliveries() : BayeuxDeliveries(DeliveryCodecs.BayeuxReplay)
{
    protected override ReadOnlyMemory<byte>? BodyOf(Message message) => message.Item.MediaType is null || MediaTypes.IsJson(message.Item.MediaType)
        ? ReplayId.AddTo(message.Item.Body, message.Offset)
        : message.Item.Body;
}
