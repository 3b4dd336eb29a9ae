using System.Buffers;
using System.Buffers.Binary;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Smc;

namespace Tidings.Gateway.Smc;

/// <summary>
/// Event bodies of a batch, each with its length (4 bytes, little endian) before it: what is the same for all receivers is encoded
/// once; a receiver's href and subscription are written around it.
/// </summary>
internal sealed class SmcDeliveryCodec : IDeliveryCodec
{
    private const string Root = "/elements/";

    public int Slot => DeliveryCodecs.Smc;

    /// <summary>The type and id of the element that a channel tells of; false for other channels.</summary>
    public static bool TryReadElement(string channel, out string type, out string id)
    {
        (type, id) = ("", "");
        if (!channel.StartsWith(Root, StringComparison.Ordinal) || channel[Root.Length..].Split('/') is not [var first, var second]
            || !SmcNames.IsName(first) || !SmcNames.IsName(second))
        {
            return false;
        }

        (type, id) = (first, second);
        return true;
    }

    public byte[] Encode(DeliveryBatch batch)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var message in batch.Messages)
        {
            var body = SmcSocketWriter.EncodeBody(LogEntry.JsonOf(message.Item));
            BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(sizeof(int)), body.Length);
            output.Advance(sizeof(int));
            output.Write(body);
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
