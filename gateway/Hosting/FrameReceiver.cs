using System.Buffers;
using System.Net.WebSockets;

namespace Tidings.Gateway.Hosting;

/// <summary>Reads whole messages of a WebSocket, each into a pooled buffer that its reader returns. Between messages it holds none.</summary>
internal sealed class FrameReceiver(WebSocket socket, int mostBytes)
{
    private const int FirstBytes = 4096;

    /// <summary>The next message; null when the client closes.</summary>
    public async ValueTask<ReceivedFrame?> ReadAsync(CancellationToken cancellationToken) =>
        await ReadAsync(await WhenReadableAsync(cancellationToken), cancellationToken);

    /// <summary>
    /// Waits for the next message without a buffer, so that an idle socket holds none. Ends with the connection even where no token says so.
    /// </summary>
    public ValueTask<ValueWebSocketReceiveResult> WhenReadableAsync(CancellationToken cancellationToken = default) =>
        socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken);

    /// <summary>The message that was waited for. An empty one is over with that: what can be read then is the next.</summary>
    public ValueTask<ReceivedFrame?> ReadAsync(ValueWebSocketReceiveResult first, CancellationToken cancellationToken = default) =>
        first.MessageType == WebSocketMessageType.Close ? default
            : first.EndOfMessage ? new ValueTask<ReceivedFrame?>(new ReceivedFrame(first.MessageType, [], 0, IsTooBig: false))
            : ReadWholeAsync(cancellationToken);

    private async ValueTask<ReceivedFrame?> ReadWholeAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
        var length = 0;
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                length += part.Count;
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    return null;
                }

                if (part.EndOfMessage || length > mostBytes)
                {
                    return new ReceivedFrame(part.MessageType, buffer, length, length > mostBytes);
                }

                if (length == buffer.Length)
                {
                    buffer = Grow(buffer);
                }
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}

/// <summary>A message of a WebSocket in a pooled buffer.</summary>
/// <param name="Type">Text or binary.</param>
/// <param name="Buffer">The pooled buffer.</param>
/// <param name="Length">The message's bytes in it.</param>
/// <param name="IsTooBig">Whether the message is larger than allowed, and not read to its end.</param>
internal sealed record ReceivedFrame(WebSocketMessageType Type, byte[] Buffer, int Length, bool IsTooBig)
{
    public ReadOnlyMemory<byte> Bytes => Buffer.AsMemory(0, Length);

    public void Return()
    {
        if (Buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(Buffer);
        }
    }
}
