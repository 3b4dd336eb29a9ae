using System.Buffers;
using System.Buffers.Binary;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Personium;

namespace Tidings.Gateway.Personium;

/// <summary>
/// Bodies of a batch as topics deliver them, each with its length (4 bytes, little endian) before it: what is the same for all receivers is
/// encoded once; the cell's URL, which depends on how the receiver reached it, is written around it.
/// </summary>
internal sealed class TopicDeliveryCodec : IDeliveryCodec
{
    public int Slot => DeliveryCodecs.Personium;

    public byte[] Encode(DeliveryBatch batch)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var message in batch.Messages)
        {
            var body = StreamBody.ForTopic(message.Item.Body);
            BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(sizeof(int)), body.Length);
            output.Advance(sizeof(int));
            output.Write(body.Span);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Takes the next body off what <see cref="Encode"/> gave.</summary>
    public static ReadOnlyMemory<byte> Next(ref ReadOnlyMemory<byte> encoded)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(encoded.Span);
        var body = encoded.Slice(sizeof(int), length);
        encoded = encoded[(sizeof(int) + length)..];
        return body;
    }
}
