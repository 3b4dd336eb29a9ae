using System.Buffers;
using System.Text;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>Writes deliveries as Bayeux messages, joined by commas.</summary>
internal sealed class BayeuxDeliveries : IDeliveryCodec
{
    private static readonly byte[] BinaryExt = "{\"binary\":{}}"u8.ToArray();

    private readonly bool _withIds;

    private BayeuxDeliveries(int slot, bool withIds) => (Slot, _withIds) = (slot, withIds);

    /// <summary>Messages as they were published.</summary>
    public static BayeuxDeliveries Plain { get; } = new(DeliveryCodecs.Bayeux, withIds: false);

    /// <summary>Messages with their offsets, for clients that come back to them.</summary>
    public static BayeuxDeliveries WithIds { get; } = new(DeliveryCodecs.BayeuxReplay, withIds: true);

    public int Slot { get; }

    /// <summary>How a session's messages are written.</summary>
    public static BayeuxDeliveries For(LocalSession session) => session.Description is { Replays: true } ? WithIds : Plain;

    public byte[] Encode(DeliveryBatch batch)
    {
        var output = new ArrayBufferWriter<byte>(batch.Bytes + (batch.Count * 64));
        for (var i = 0; i < batch.Messages.Length; i++)
        {
            if (i > 0)
            {
                output.Write(","u8);
            }

            Write(output, batch.Channel.Name, batch.Messages[i]);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes what waits for a session, leaving out what it published itself where it is not to get that.</summary>
    /// <returns>How many messages were written.</returns>
    public int Write(IBufferWriter<byte> output, List<OutboxItem> items, Func<DeliveryBatch, Message, bool>? leaveOut)
    {
        var written = 0;
        foreach (var item in items)
        {
            if (item is DeliveryBatch batch && (leaveOut is null || !Array.Exists(batch.Messages, message => leaveOut(batch, message))))
            {
                Separate(output, written);
                output.Write(batch.EncodedBy(this));
                written += batch.Count;
            }
            else if (item is DeliveryBatch filtered)
            {
                foreach (var message in filtered.Messages.Where(message => !leaveOut!(filtered, message)))
                {
                    Separate(output, written++);
                    Write(output, filtered.Channel.Name, message);
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

    private static void Separate(IBufferWriter<byte> output, int written)
    {
        if (written > 0)
        {
            output.Write(","u8);
        }
    }

    private void Write(IBufferWriter<byte> output, string channel, Message message)
    {
        var item = message.Item;
        if (item.MediaType is null || MediaTypes.IsJson(item.MediaType))
        {
            BayeuxWriter.WriteDelivery(output, channel, _withIds ? ReplayId.AddTo(item.Body, message.Offset) : item.Body, item.Ext, item.Extras);
            return;
        }

        var data = new ArrayBufferWriter<byte>(item.Body.Length + 16);
        if (MediaTypes.IsText(item.MediaType))
        {
            BayeuxText.WriteString(data, Encoding.UTF8.GetString(item.Body));
            BayeuxWriter.WriteDelivery(output, channel, data.WrittenSpan, item.Ext, item.Extras);
            return;
        }

        // Other bytes travel as CometD's binary extension has them.
        data.Write("{\"data\":"u8);
        BayeuxText.WriteString(data, Z85.Encode(item.Body));
        data.Write(",\"last\":true}"u8);
        BayeuxWriter.WriteDelivery(output, channel, data.WrittenSpan, item.Ext ?? BinaryExt, item.Extras);
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
