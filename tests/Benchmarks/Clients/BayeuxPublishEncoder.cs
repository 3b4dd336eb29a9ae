using System.Text;
using Tidings.Benchmarks.Load;
using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Clients;

/// <summary>Bayeux publishes over WebSocket: all messages of a send in the array of one frame. The client id is known once the session is.</summary>
internal sealed class BayeuxPublishEncoder(Func<int, string> channelName, BayeuxConversation session) : IPublishEncoder
{
    const int LargestHeader = 14;

    readonly Dictionary<int, byte[]> _messages = [];
    byte[] _frame = new byte[32 * 1024];
    int _end = LargestHeader;

    public int LargestBatch => 64;

    public void Add(int channel, long due, int sequence)
    {
        var message = MessageOf(channel);
        if (_frame.Length < _end + message.Length + 2)
            Array.Resize(ref _frame, _frame.Length * 2);
        _frame[_end++] = (byte)(_end == LargestHeader + 1 ? '[' : ',');
        var at = _frame.AsSpan(_end);
        message.CopyTo(at);
        _end += message.Length;
        Stamp.Write(at[(message.Length - Stamp.PayloadLength - 1 + Stamp.Offset)..], due, sequence);
    }

    public ReadOnlySpan<byte> Take()
    {
        _frame[_end++] = (byte)']';
        var length = _end - LargestHeader;
        var start = LargestHeader - WebSocketFraming.HeaderLength(length);
        WebSocketFraming.WriteHeader(_frame.AsSpan(start), length);
        var frame = _frame.AsSpan(start, _end - start);
        _end = LargestHeader;
        return frame;
    }

    /// <summary>The message of a channel with an empty stamp; the payload is its last member.</summary>
    byte[] MessageOf(int channel)
    {
        if (_messages.TryGetValue(channel, out var message))
            return message;
        var head = $$"""{"id":"p","channel":"{{channelName(channel)}}","clientId":"{{session.ClientId}}","data":""";
        return _messages[channel] = [.. Encoding.UTF8.GetBytes(head), .. Stamp.Payload, (byte)'}'];
    }
}
