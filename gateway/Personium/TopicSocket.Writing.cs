using System.Net.WebSockets;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Personium;

namespace Tidings.Gateway.Personium;

/// <content>The writer: one at a time.</content>
internal sealed partial class TopicSocket
{
    /// <summary>Closes the socket once what waits is written; the first reason counts.</summary>
    private void Close(WebSocketCloseStatus status)
    {
        lock (_replies)
        {
            if (_close is not null)
            {
                return;
            }

            _close = status;
        }

        _ = CutAsync();
        Signal();
    }

    /// <summary>A client that does not take its leave in time is cut.</summary>
    private async Task CutAsync()
    {
        await Task.WhenAny(_closed.Task, Task.Delay(_services.Options.WritePatience, _services.Time));
        if (_closed.TrySetResult())
        {
            _socket.Abort();
        }
    }

    private void Signal()
    {
        if (Interlocked.Increment(ref _wakes) == 1)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private async Task WriteAsync()
    {
        int wakes;
        do
        {
            wakes = Volatile.Read(ref _wakes);
            await WriteWaitingAsync();
        }
        while (Interlocked.Add(ref _wakes, -wakes) != 0);
    }

    private async Task WriteWaitingAsync()
    {
        try
        {
            while (await WriteRepliesAsync() | await DeliverAsync())
            {
            }

            if (_close is { } status && _socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await _socket.CloseOutputAsync(status, "", CancellationToken.None);
                _closed.TrySetResult();
            }
        }
        catch (Exception exception)
        {
            Log.WriteFailed(_services.Logger, exception);
            _socket.Abort();
            _closed.TrySetResult();
        }
    }

    private async ValueTask<bool> WriteRepliesAsync()
    {
        var wrote = false;
        while (_replies.TryDequeue(out var reply))
        {
            await SendAsync(reply);
            wrote = true;
        }

        return wrote;
    }

    private async ValueTask<bool> DeliverAsync()
    {
        if (!_isOpen || _socket.State != WebSocketState.Open || _session is not { } session || session.TakeForWriting() is not { } items)
        {
            return false;
        }

        var written = false;
        try
        {
            foreach (var batch in items.OfType<DeliveryBatch>())
            {
                await DeliverAsync(batch);
            }

            written = true;
            _services.Metrics.Written(session, items, _services.Time);
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

    /// <summary>What comes after the token's end is not delivered.</summary>
    private async ValueTask DeliverAsync(DeliveryBatch batch)
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
            await SendAsync(_frame.WrittenMemory);
            _services.Metrics.Delivered.Add(1);
        }
    }

    /// <summary>Reads on from the log after the window was full. The protocol has no word for a gap: topics promise nothing to who reads too slowly.</summary>
    private async ValueTask RepairAsync(LocalSession session)
    {
        if (session is { IsPartial: true, HasPending: false } or { State: LocalState.Lagging or LocalState.Parked })
        {
            await _services.Door.EnsureAttachedAsync(session);
        }

        session.TakeGaps();
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> json)
    {
        Volatile.Write(ref _writingSince, _services.Time.GetTimestamp());
        await _socket.SendAsync(json, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);
        Volatile.Write(ref _writingSince, 0);
    }
}
