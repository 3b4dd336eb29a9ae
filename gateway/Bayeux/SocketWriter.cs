using System.Net.WebSockets;

namespace Tidings.Gateway.Bayeux;

/// <summary>
/// Writes to one WebSocket: replies first, then what its session's window holds. One writer at a time, started when there is something
/// to write, so an idle socket owns no task and no queue of ours.
/// </summary>
internal sealed partial class SocketWriter(WebSocket socket, BayeuxSocket owner, BayeuxSocketServices services) : IThreadPoolWorkItem
{
    private readonly BayeuxSocketServices _services = services;
    private WaitingFrame? _replies;
    private TaskCompletionSource? _read;
    private TaskCompletionSource? _closed;
    private long _replyBytes;
    private int _wakes;
    private long _writingSince;
    private Closing? _close;

    /// <summary>There is something to write, perhaps.</summary>
    public void Signal()
    {
        if (Interlocked.Increment(ref _wakes) == 1)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Queues a frame of replies.</summary>
    public void Reply(ReadOnlyMemory<byte> json)
    {
        Interlocked.Add(ref _replyBytes, json.Length);
        WaitingFrame.Add(ref _replies, json);
        Signal();
    }

    /// <summary>Waits while the client does not read its replies, so that they do not pile up.</summary>
    public ValueTask WhenReadAsync(HttpContext context) => IsBehind ? new ValueTask(WaitUntilReadAsync(context.RequestAborted)) : default;

    private bool IsBehind => Interlocked.Read(ref _replyBytes) > _services.Limits.MessageBytes && socket.State == WebSocketState.Open;

    private async Task WaitUntilReadAsync(CancellationToken cancellationToken)
    {
        while (IsBehind)
        {
            var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.Exchange(ref _read, read);
            if (IsBehind)
            {
                await read.Task.WaitAsync(cancellationToken);
            }
        }
    }

    /// <summary>Cuts the connection of a client that does not read what was written long ago.</summary>
    public void Tick()
    {
        var since = Volatile.Read(ref _writingSince);
        if (since != 0 && _services.Time.GetElapsedTime(since) > _services.Options.CurrentValue.WritePatience)
        {
            socket.Abort();
        }
    }

    /// <summary>Closes the socket once what waits is written.</summary>
    public void Close(WebSocketCloseStatus status, string reason)
    {
        Volatile.Write(ref _close, new Closing(status, reason));
        Signal();
    }

    /// <summary>Ends the socket: what waits is written first, for as long as a client may take to read it.</summary>
    public async Task FinishAsync(WebSocketCloseStatus status, string reason)
    {
        var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var closed = Interlocked.CompareExchange(ref _closed, fresh, null) ?? fresh;
        if (CanClose)
        {
            Close(status, reason);
            await closed.Task.WaitAsync(_services.Options.CurrentValue.WritePatience, _services.Time)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>As <see cref="FinishAsync"/>; a client that does not take its leave in time is cut.</summary>
    public async Task CutAsync(WebSocketCloseStatus status, string reason)
    {
        await FinishAsync(status, reason);
        if (_closed is { Task.IsCompleted: true })
        {
            // Cut at once, it would not get what was just written.
            await Task.Delay(_services.Options.CurrentValue.WritePatience, _services.Time);
        }

        socket.Abort();
    }

    private bool CanClose => socket.State is WebSocketState.Open or WebSocketState.CloseReceived;

    /// <summary>Writes one frame. Called by what the writer itself calls only.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> json)
    {
        Volatile.Write(ref _writingSince, _services.Time.GetTimestamp());
        await socket.SendAsync(json, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);
        Volatile.Write(ref _writingSince, 0);
    }

    void IThreadPoolWorkItem.Execute() => _ = WriteAsync();

    private async Task WriteAsync()
    {
        int wakes;
        do
        {
            wakes = Volatile.Read(ref _wakes);
            try
            {
                while (await WriteOnceAsync())
                {
                }
            }
            catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
            {
                Break();
            }
            catch (Exception exception)
            {
                // A socket that silently writes no more would be worse than one that is cut.
                Log.WriteFailed(_services.Logger, exception);
                Break();
            }
        }
        while (Interlocked.Add(ref _wakes, -wakes) != 0);
    }

    private async ValueTask<bool> WriteOnceAsync()
    {
        var wrote = false;
        for (var reply = WaitingFrame.TakeAll(ref _replies); reply is not null; reply = reply.Next)
        {
            await SendAsync(reply.Bytes);
            wrote = true;
            Wrote(reply.Bytes.Length);
        }

        if (owner.Session is { } session && socket.State == WebSocketState.Open)
        {
            wrote |= await SocketDelivery.WriteAsync(session, owner.Dialect, this, _services);
        }

        if (!wrote && _close is { } close && CanClose)
        {
            await socket.CloseOutputAsync(close.Status, close.Reason, CancellationToken.None);
            Volatile.Read(ref _closed)?.TrySetResult();
        }

        return wrote;
    }

    private void Break()
    {
        socket.Abort();
        Volatile.Read(ref _closed)?.TrySetResult();
        Interlocked.Exchange(ref _read, null)?.TrySetResult();
    }

    private void Wrote(int bytes)
    {
        var left = Interlocked.Add(ref _replyBytes, -bytes);
        if (left <= _services.Limits.MessageBytes && left + bytes > _services.Limits.MessageBytes)
        {
            Interlocked.Exchange(ref _read, null)?.TrySetResult();
        }
    }

    /// <summary>How the socket is to be closed. One object, as several threads may ask for it while it is read.</summary>
    private sealed record Closing(WebSocketCloseStatus Status, string Reason);

    private static partial class Log
    {
        [LoggerMessage(2231, LogLevel.Error, "What waits for a socket could not be written; it is cut")]
        public static partial void WriteFailed(ILogger logger, Exception exception);
    }
}
