using System.Globalization;
using System.Text;
using Tidings.Benchmarks.Load;
using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Clients;

/// <summary>Publishes for the bare server: a frame a message, the channel's number as <see cref="ChannelDigits"/> digits before the payload.</summary>
internal sealed class BarePublishEncoder(int framesPerSend) : IPublishEncoder
{
    public const int ChannelDigits = 8;

    const int MessageLength = ChannelDigits + Stamp.PayloadLength;

    static readonly int FrameLength = WebSocketFraming.HeaderLength(MessageLength) + MessageLength;

    readonly byte[] _frames = new byte[framesPerSend * FrameLength];
    int _end;

    public int LargestBatch => framesPerSend;

    public void Add(int channel, long due, int sequence)
    {
        var frame = _frames.AsSpan(_end, FrameLength);
        WebSocketFraming.WriteHeader(frame, MessageLength);
        var message = frame[^MessageLength..];
        Encoding.ASCII.GetBytes(channel.ToString("D8", CultureInfo.InvariantCulture), message);
        Stamp.Payload.CopyTo(message[ChannelDigits..]);
        Stamp.Write(message[(ChannelDigits + Stamp.Offset)..], due, sequence);
        _end += FrameLength;
    }

    public ReadOnlySpan<byte> Take()
    {
        var frames = _frames.AsSpan(0, _end);
        _end = 0;
        return frames;
    }
}
