using System.Net.WebSockets;

namespace Tidings.Gateway.Sessions;

/// <summary>What a socket has to say.</summary>
internal interface ISocketSource
{
    /// <summary>How long a client may take to read what is written to it; then it is cut.</summary>
    TimeSpan WritePatience { get; }

    /// <summary>The session whose messages go out now; null for none.</summary>
    LocalSession? Delivering { get; }

    /// <summary>Sends the replies that wait.</summary>
    /// <returns>Whether there were any.</returns>
    ValueTask<bool> SendRepliesAsync();

    /// <summary>Sends messages of the session.</summary>
    ValueTask SendAsync(DeliveryBatch batch);

    /// <summary>Messages of the session were lost before they could be sent.</summary>
    void Missed();
}

/// <summary>
/// The sending side of a socket that speaks for one session. One writer at a time, started when there is something to write, sends replies, then
/// the session's messages, each frame in a write of its own. A client that does not read, or not even take its leave, is cut.
/// </summary>
internal sealed partial class SocketSender(ISocketSource source, SessionDoor door, GatewayMetrics metrics, TimeProvider time, ILogger logger)
    : IThreadPoolWorkItem, IDisposable
{
    private readonly TaskCompletionSource _said = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebSocket? _socket;
    private SocketFarewell? _farewell;
    private int _wakes;
    private long _writingSince;

    /// <summary>Completes once nothing more is sent: the farewell is, or the socket is cut.</summary>
    public Task Said => _said.Task;

    /// <summary>Whether the socket is being closed.</summary>
    public bool IsClosing => Volatile.Read(ref _farewell) is not null;

    /// <summary>How the session ends with the socket.</summary>
    public SessionEnd End => Volatile.Read(ref _farewell)?.End ?? SessionEnd.Disconnected;

    /// <summary>The socket is open.</summary>
    public void Begin(WebSocket socket)
    {
        Volatile.Write(ref _socket, socket);
        Signal();
    }

    /// <summary>There is something to write, perhaps.</summary>
    public void Signal()
    {
        if (Interlocked.Increment(ref _wakes) == 1)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Closes the socket once what waits is written; the first reason counts.</summary>
    public void Close(WebSocketCloseStatus status, string reason = "", SessionEnd end = SessionEnd.Disconnected)
    {
        if (Interlocked.CompareExchange(ref _farewell, new SocketFarewell(status, reason, end), null) is null)
        {
            _ = CutLaterAsync();
        }

        Signal();
    }

    /// <summary>Cuts the connection without a farewell.</summary>
    public void Cut(SessionEnd end)
    {
        Interlocked.CompareExchange(ref _farewell, new SocketFarewell(WebSocketCloseStatus.Empty, "", end), null);
        Volatile.Read(ref _socket)?.Abort();
        _said.TrySetResult();
    }

    /// <summary>Cuts the connection of a client that does not read.</summary>
    public void Tick()
    {
        var since = Volatile.Read(ref _writingSince);
        if (since != 0 && time.GetElapsedTime(since) > source.WritePatience)
        {
            Cut(SessionEnd.TooSlow);
        }
    }

    /// <summary>Writes a text frame. For the source alone, while it is asked to send.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> json)
    {
        Volatile.Write(ref _writingSince, time.GetTimestamp());
        await _socket!.SendAsync(json, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);
        Volatile.Write(ref _writingSince, 0);
    }

    /// <summary>The connection is over.</summary>
    public void Dispose()
    {
        _over.TrySetResult();
        _said.TrySetResult();
    }

    void IThreadPoolWorkItem.Execute() => _ = WriteWaitingAsync();

    private async Task WriteWaitingAsync()
    {
        int wakes;
        do
        {
            wakes = Volatile.Read(ref _wakes);
            if (Volatile.Read(ref _socket) is { } socket)
            {
                await WriteWaitingAsync(socket);
            }
        }
        while (Interlocked.Add(ref _wakes, -wakes) != 0);
    }

    private async Task WriteWaitingAsync(WebSocket socket)
    {
        try
        {
            while (await source.SendRepliesAsync() | await DeliverAsync(socket))
            {
            }

            if (_farewell is { } farewell && socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(farewell.Status, farewell.Reason, CancellationToken.None);
                _said.TrySetResult();
            }
        }
        catch (Exception exception)
        {
            Log.WriteFailed(logger, exception);
            Cut(SessionEnd.Disconnected);
        }
    }

    private async ValueTask<bool> DeliverAsync(WebSocket socket)
    {
        if (socket.State != WebSocketState.Open || source.Delivering is not { } session || session.TakeForWriting() is not { } items)
        {
            return false;
        }

        var written = false;
        try
        {
            foreach (var batch in items.OfType<DeliveryBatch>())
            {
                await source.SendAsync(batch);
            }

            written = true;
            metrics.Written(session, items, time);
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

    /// <summary>Reads on from the log after the window was full.</summary>
    private async ValueTask RepairAsync(LocalSession session)
    {
        if (session is { IsPartial: true, HasPending: false } or { State: LocalState.Lagging or LocalState.Parked })
        {
            await door.EnsureAttachedAsync(session);
        }

        if (session.TakeGaps().Count > 0)
        {
            source.Missed();
        }
    }

    /// <summary>A client that does not take its leave in time, or does not answer it, is cut.</summary>
    private async Task CutLaterAsync()
    {
        await _over.Task.WaitAsync(source.WritePatience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_over.Task.IsCompleted)
        {
            Cut(SessionEnd.Disconnected);
        }
    }

    private sealed record SocketFarewell(WebSocketCloseStatus Status, string Reason, SessionEnd End);

    private static partial class Log
    {
        [LoggerMessage(2141, LogLevel.Debug, "A socket could not be written to")]
        public static partial void WriteFailed(ILogger logger, Exception exception);
    }
}
