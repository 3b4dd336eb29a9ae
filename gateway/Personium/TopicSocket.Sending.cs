using System.Buffers;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Personium;

namespace Tidings.Gateway.Personium;

/// <content>What its sender sends.</content>
internal sealed partial class TopicSocket
{
    private readonly ArrayBufferWriter<byte> _frame = new();

    public TimeSpan WritePatience => _services.Options.WritePatience;

    public LocalSession? Delivering => _isOpen ? _session : null;

    public async ValueTask<bool> SendRepliesAsync()
    {
        var wrote = false;
        while (_replies.TryDequeue(out var reply))
        {
            await _sender.WriteAsync(reply);
            wrote = true;
        }

        return wrote;
    }

    /// <summary>What comes after the token's end is not delivered.</summary>
    public async ValueTask SendAsync(DeliveryBatch batch)
    {
        ReadOnlyMemory<byte> encoded = batch.EncodedBy(_services.Codec);
        while (!encoded.IsEmpty)
        {
            var body = TopicDeliveryCodec.Next(ref encoded);
            if (IsExpired)
            {
                return;
            }

            _frame.ResetWrittenCount();
            StreamFrames.WriteDelivery(_frame, _call.CellUrl, body.Span);
            await _sender.WriteAsync(_frame.WrittenMemory);
            _services.Metrics.Delivered.Add(1);
        }
    }

    /// <summary>The protocol has no word for a gap: topics promise nothing to who reads too slowly.</summary>
    public void Missed()
    {
    }
}
