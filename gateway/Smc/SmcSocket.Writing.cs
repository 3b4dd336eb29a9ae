using System.Net.WebSockets;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Smc;

namespace Tidings.Gateway.Smc;

/// <content>The writer: one at a time, each frame in a write of its own.</content>
internal sealed partial class SmcSocket
{
    private async Task WriteAsync()
    {
        int wakes;
        do
        {
            wakes = Volatile.Read(ref _wakes);
            if (Volatile.Read(ref _socket) is { } socket && _session is { } session)
            {
                await WriteAsync(socket, session);
            }
        }
        while (Interlocked.Add(ref _wakes, -wakes) != 0);
    }

    private async Task WriteAsync(WebSocket socket, LocalSession session)
    {
        try
        {
            while (await WriteRepliesAsync(socket) | await DeliverAsync(socket, session))
            {
            }

            if (_close is { } close && socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(close.Status, close.Reason, CancellationToken.None);
                _closed.TrySetResult();
            }
        }
        catch (Exception exception)
        {
            Log.WriteFailed(services.Logger, exception);
            socket.Abort();
            _closed.TrySetResult();
        }
    }

    private async ValueTask<bool> WriteRepliesAsync(WebSocket socket)
    {
        var wrote = false;
        while (_replies.TryDequeue(out var reply))
        {
            if (reply.Ends is { } id)
            {
                _active.RemoveAll(subscription => subscription.Id == id);
            }

            await SendAsync(socket, reply.Frame);
            if (reply.Begins is { } subscription)
            {
                _active.Add(subscription);
            }

            reply.Written.TrySetResult();
            wrote = true;
        }

        return wrote;
    }

    private async ValueTask<bool> DeliverAsync(WebSocket socket, LocalSession session)
    {
        if (socket.State != WebSocketState.Open || session.TakeForWriting() is not { } items)
        {
            return false;
        }

        var written = false;
        try
        {
            foreach (var batch in items.OfType<DeliveryBatch>())
            {
                await DeliverAsync(socket, batch);
            }

            written = true;
            services.Metrics.Written(session, items, services.Time);
        }
        finally
        {
            if (written)
            {
                session.Written();
            }
            else
            {
                session.NotWritten();
            }
        }

        await RepairAsync(session);
        return true;
    }

    /// <summary>One frame per event and subscription, in the order of subscriptions.</summary>
    private async ValueTask DeliverAsync(WebSocket socket, DeliveryBatch batch)
    {
        if (!SmcDeliveryCodec.TryReadElement(batch.Channel.Name, out var type, out var id))
        {
            return;
        }

        ReadOnlyMemory<byte> encoded = batch.EncodedBy(services.Codec);
        var href = $"{root}/elements/{type}/{id}";
        while (!encoded.IsEmpty)
        {
            var body = SmcDeliveryCodec.Next(ref encoded);
            foreach (var subscription in _active)
            {
                if (subscription.Wants(type))
                {
                    _frame.ResetWrittenCount();
                    SmcSocketWriter.WriteEvent(_frame, login.Version, body.Span, href, subscription.Id);
                    await SendAsync(socket, _frame.WrittenMemory);
                    services.Metrics.Delivered.Add(1);
                }
            }
        }
    }

    /// <summary>Reads on from the log after the window was full. The protocol has no word for a gap: its client is to begin anew.</summary>
    private async ValueTask RepairAsync(LocalSession session)
    {
        if (session is { IsPartial: true, HasPending: false } or { State: LocalState.Lagging or LocalState.Parked })
        {
            await services.Door.EnsureAttachedAsync(session);
        }

        if (session.TakeGaps().Count > 0)
        {
            Close(TryAgainLater, "Notifications were lost.");
        }
    }

    private async ValueTask SendAsync(WebSocket socket, ReadOnlyMemory<byte> json)
    {
        Volatile.Write(ref _writingSince, services.Time.GetTimestamp());
        await socket.SendAsync(json, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);
        Volatile.Write(ref _writingSince, 0);
    }
}

/// <summary>Why a socket is closed.</summary>
/// <param name="Status">The close code.</param>
/// <param name="Reason">The reason told.</param>
internal sealed record SmcClose(WebSocketCloseStatus Status, string Reason);
