using System.Net.WebSockets;
using Tidings.Gateway.Hosting;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>Reads one WebSocket and carries out its frames, each an array of messages, in order.</summary>
internal sealed class SocketReader(
    WebSocket socket, HttpContext context, BayeuxSocket owner, SocketWriter writer, BayeuxSocketServices services)
{
    private readonly BayeuxSocketServices _services = services;
    private readonly FrameReceiver _frames = new(socket, services.Limits.MessageBytes);
    private SemaphoreSlim? _publishes;

    /// <summary>Reads until the socket is closed, by its client or because of what came.</summary>
    public async Task RunAsync()
    {
        while (await MayReadAsync() && await _frames.ReadAsync(await _frames.WhenReadableAsync()) is { } frame)
        {
            var underWay = frame.IsTooBig
                ? await LeaveAsync(WebSocketCloseStatus.MessageTooBig, "The message is larger than this server takes.")
                : await TakeFrameAsync(frame.Type, frame.Bytes);
            if (underWay is { IsCompleted: false })
            {
                // Messages refer to the frame until they are answered.
                _ = ReturnAfterAsync(underWay, frame);
                continue;
            }

            frame.Return();
            if (underWay is null)
            {
                return;
            }
        }

        await writer.FinishAsync(WebSocketCloseStatus.NormalClosure, "");
    }

    private async ValueTask<bool> MayReadAsync()
    {
        await writer.WhenReadAsync(context);
        return socket.State == WebSocketState.Open;
    }

    private static async Task ReturnAfterAsync(Task underWay, ReceivedFrame frame)
    {
        await underWay.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        frame.Return();
    }

    private async ValueTask<Task?> LeaveAsync(WebSocketCloseStatus status, string reason)
    {
        await writer.FinishAsync(status, reason);
        return null;
    }

    /// <summary>Carries out a frame.</summary>
    /// <returns>What is still under way, which the next frame need not wait for; null when the socket is to be left.</returns>
    private async ValueTask<Task?> TakeFrameAsync(WebSocketMessageType type, ReadOnlyMemory<byte> frame)
    {
        if (type == WebSocketMessageType.Binary)
        {
            return await LeaveAsync(WebSocketCloseStatus.InvalidMessageType, "Bayeux messages are text.");
        }

        var read = BayeuxReader.Read(frame, _services.ReaderLimits);
        if (read.Failure == BayeuxReadFailure.Empty)
        {
            // Old Faye clients keep the connection alive with it.
            writer.Reply("[]"u8.ToArray());
            return Task.CompletedTask;
        }

        if (!read.IsSuccess)
        {
            var (status, reason) = read.Failure == BayeuxReadFailure.TooManyMessages
                ? (WebSocketCloseStatus.PolicyViolation, "Too many messages in one frame.")
                : (WebSocketCloseStatus.InvalidPayloadData, "The frame is not an array of Bayeux messages.");
            return await LeaveAsync(status, reason);
        }

        if (owner.Rates.Bytes(frame.Length) is { } refusal)
        {
            writer.Reply(BayeuxWire.Write(BayeuxProcessor.Refuse(owner.Dialect, read.Messages, refusal)).WrittenMemory);
            return Task.CompletedTask;
        }

        return await ProcessAsync(read.Messages);
    }

    private async ValueTask<Task> ProcessAsync(IReadOnlyList<BayeuxMessage> messages)
    {
        var call = CallFor(messages.Count == 1);
        var processing = _services.Processor.ProcessAsync(call, messages);
        if (processing.IsCompleted || call.Waited || !CanOverlap(messages))
        {
            await AnswerAsync(call, await processing);
            return Task.CompletedTask;
        }

        // Everything in it has started, in order: the next frame need not wait for the log.
        _publishes ??= new SemaphoreSlim(_services.Limits.PublishesInFlight);
        await _publishes.WaitAsync(context.RequestAborted);
        return AnswerLaterAsync(call, processing, _publishes);
    }

    private bool CanOverlap(IReadOnlyList<BayeuxMessage> messages) =>
        owner.Session is not null && _services.Processor.StartsInOrder
        && messages.All(static message => message.Channel is { } channel && ChannelName.KindOf(channel) == ChannelKind.Broadcast);

    private async Task AnswerLaterAsync(BayeuxCall call, Task<BayeuxAnswer> processing, SemaphoreSlim publishes)
    {
        try
        {
            await AnswerAsync(call, await processing);
        }
        finally
        {
            publishes.Release();
        }
    }

    private async ValueTask AnswerAsync(BayeuxCall call, BayeuxAnswer answer)
    {
        if (answer.Connect is { } connect)
        {
            await owner.ConnectAsync(call, answer, connect);
        }

        if (answer.Replies.Count > 0)
        {
            writer.Reply(BayeuxWire.Write(answer).WrittenMemory);
        }
    }

    private BayeuxCall CallFor(bool single) => new()
    {
        Dialect = owner.Dialect,
        Exchange = new BayeuxExchange
        {
            Tenant = context.Tenant(),
            Transport = "websocket",
            HttpContext = context,
            ReceivedAt = _services.Time.GetUtcNow().ToUnixTimeMilliseconds(),
        },
        Rates = owner.Rates,
        Socket = owner,
        ClientId = owner.Secret,
        IsSingle = single,
    };
}
