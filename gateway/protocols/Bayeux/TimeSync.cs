using System.Buffers;
using System.Text.Json;

namespace Tidings.Protocols.Bayeux;

/// <summary>What a client says of its clock, in milliseconds: <c>ext.timesync</c> of a request (CometD's timesync extension).</summary>
/// <param name="ClientTime">The client's clock when it sent, since the Unix epoch; <c>tc</c>.</param>
/// <param name="Lag">The network's delay as the client reckons it; <c>l</c>.</param>
/// <param name="Offset">The server's clock minus the client's, as the client reckons it; <c>o</c>.</param>
public readonly record struct TimeSyncRequest(long ClientTime, long Lag, long Offset);

/// <summary>The answer, in milliseconds.</summary>
/// <param name="ClientTime">The request's <c>tc</c>.</param>
/// <param name="ServerTime">The server's clock when the request arrived; <c>ts</c>.</param>
/// <param name="Processing">How long the server took to answer; <c>p</c>.</param>
/// <param name="Accuracy">How far the client's reckoning is off; <c>a</c>.</param>
public readonly record struct TimeSyncReply(long ClientTime, long ServerTime, long Processing, long Accuracy);

/// <summary>CometD's timesync extension as pure functions.</summary>
public static class TimeSync
{
    private const long TargetAccuracy = 25;
    private const long Largest = 1L << 53; // as JavaScript has whole numbers; sums of a few stay far from overflow

    /// <summary>Finds the request in <c>ext</c>; false if there is none, or one that is not three plain numbers.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> ext, out TimeSyncRequest request)
    {
        request = default;
        if (!BayeuxText.TryGetMember(ext, "timesync"u8, out var timesync)
            || Number(timesync, "tc"u8) is not { } clientTime
            || Number(timesync, "l"u8) is not { } lag
            || Number(timesync, "o"u8) is not { } offset)
            return false;

        request = new TimeSyncRequest(clientTime, lag, offset);
        return true;
    }

    /// <summary>The answer, or null if the client knows the time well enough: it knows the lag and is less than 25 ms off.</summary>
    /// <param name="request">The request.</param>
    /// <param name="receivedAt">The server's clock when the request arrived, in milliseconds since the Unix epoch.</param>
    /// <param name="repliesAt">The server's clock when the reply is written.</param>
    public static TimeSyncReply? Answer(TimeSyncRequest request, long receivedAt, long repliesAt)
    {
        var accuracy = request.ClientTime + request.Offset + request.Lag - receivedAt;
        return request.Lag != 0 && Math.Abs(accuracy) < TargetAccuracy
            ? null
            : new TimeSyncReply(request.ClientTime, receivedAt, repliesAt - receivedAt, accuracy);
    }

    /// <summary>Writes <c>ext</c> with the answer as one more member.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="ext">The reply's <c>ext</c> so far, without a timesync of its own; empty if there is none.</param>
    /// <param name="reply">The answer.</param>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> ext, TimeSyncReply reply)
    {
        var value = new ArrayBufferWriter<byte>(96);
        var members = new MemberWriter(value);
        members.Number("\"tc\":"u8, reply.ClientTime);
        members.Number("\"ts\":"u8, reply.ServerTime);
        members.Number("\"p\":"u8, reply.Processing);
        members.Number("\"a\":"u8, reply.Accuracy);
        members.End();
        BayeuxText.WriteObjectWith(output, ext, "timesync"u8, value.WrittenSpan);
    }

    private static long? Number(ReadOnlyMemory<byte> timesync, ReadOnlySpan<byte> name)
    {
        if (!BayeuxText.TryGetMember(timesync, name, out var raw))
            return null;
        var json = new Utf8JsonReader(raw.Span);
        var isNumber = json.Read() && json.TokenType == JsonTokenType.Number;
        return isNumber && WireNumbers.Whole(raw.Span) is >= -Largest and <= Largest and var number ? number : null;
    }
}
