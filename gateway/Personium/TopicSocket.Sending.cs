using System.Buffers;
using System.Net.WebSockets;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Personium;

namespace Tidings.Gateway.Personium;

/// <content>What its sender sends.</content>
internal sealed partial class TopicSocket
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly ArrayBufferWriter<byte> _frame = new();
    private long _lookedAt;

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

    /// <summary>What comes after the token's end is not delivered, nor what comes after its holder was shut out or the topic deleted, which ends the socket.</summary>
    public async ValueTask SendAsync(DeliveryBatch batch)
    {
        if (!_isOpen)
        {
            return;
        }

        if (_services.Time.GetElapsedTime(Volatile.Read(ref _lookedAt)) >= LookEvery)
        {
            Looked();
            if (!await _services.Tokens.MayStillListenAsync(_call, _topic!, _session!.User ?? _call.Context.User))
            {
                _isOpen = false;
                _sender.Close(WebSocketCloseStatus.NormalClosure, end: SessionEnd.Kicked);
                return;
            }
        }

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

    /// <summary>Whether its holder may listen is known for now.</summary>
    private void Looked() => Volatile.Write(ref _lookedAt, _services.Time.GetTimestamp());

    /// <summary>The protocol has no word for a gap: topics promise nothing to who reads too slowly.</summary>
    public void Missed()
    {
    }
}
