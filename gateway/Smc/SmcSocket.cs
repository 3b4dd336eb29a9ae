using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Smc;

/// <summary>
/// A notification socket. Its reader carries out one request after the other and waits until each is answered; its writer, one at a
/// time and started when there is something to write, sends answers and then events, each in a frame and a write of its own, since clients
/// overlook a second frame in a TLS record.
/// </summary>
internal sealed partial class SmcSocket(SmcSocketEndpoint services, SmcSession login, string root, CallerRates rates, IPAddress? address)
    : ISessionSink, IProtocolSession, IThreadPoolWorkItem
{
    /// <summary>An open socket uses its login this often, so that the login lives as long as the socket.</summary>
    private readonly TimeSpan _checkPeriod = TimeSpan.FromTicks(Math.Min(TimeSpan.TicksPerMinute, login.Record.Lifetime.Ticks / 4));

    private readonly ConcurrentQueue<SmcReply> _replies = new();
    private readonly List<SmcSubscription> _active = [];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ArrayBufferWriter<byte> _frame = new();
    private SmcRequestHandler? _requests;
    private WebSocket? _socket;
    private LocalSession? _session;
    private SmcClose? _close;
    private DateTimeOffset _nextCheck = services.Time.GetUtcNow();
    private int _wakes;
    private long _writingSince;

    /// <summary>Serves the socket until one side closes it.</summary>
    public async Task RunAsync(WebSocket socket, string secret, LocalSession session, CancellationToken aborted)
    {
        _session = session;
        _requests = new SmcRequestHandler(services, login, secret, address);
        Volatile.Write(ref _socket, socket);
        Signal();
        var frames = new FrameReceiver(socket, services.Limits.MessageBytes);
        try
        {
            while (socket.State == WebSocketState.Open && await frames.ReadAsync(aborted) is { } frame)
            {
                if (frame.IsTooBig)
                {
                    frame.Return();
                    Close(WebSocketCloseStatus.MessageTooBig, "The message is larger than this server takes.");
                    break;
                }

                if (rates.Bytes(frame.Bytes.Length) is not null)
                {
                    frame.Return();
                    Close(WebSocketCloseStatus.PolicyViolation, "Too fast.");
                    break;
                }

                await AnswerAsync(await TakeAsync(frame));
            }

            Close(WebSocketCloseStatus.NormalClosure, "");
            await _closed.Task;
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // The connection is gone.
        }
    }

    public void Wake(LocalSession session, OutboxItem item) => Signal();

    /// <summary>Cuts the connection of a client that does not read, and closes the socket of a login that is over.</summary>
    public void Tick(LocalSession session, DateTimeOffset now)
    {
        var since = Volatile.Read(ref _writingSince);
        if (since != 0 && services.Time.GetElapsedTime(since) > services.Options.WritePatience)
        {
            _socket?.Abort();
        }

        if (now > _nextCheck)
        {
            _nextCheck = now + _checkPeriod;
            _ = CheckLoginAsync();
        }
    }

    public void Released(LocalSession session) => Close(WebSocketCloseStatus.EndpointUnavailable, "The session moved.");

    public void Ended(LocalSession session, SessionEnd reason)
    {
        if (reason == SessionEnd.Kicked)
        {
            Close(WebSocketCloseStatus.PolicyViolation, "The session is logged out.");
        }
        else if (reason == SessionEnd.TooSlow)
        {
            // It would not read a farewell either.
            Volatile.Read(ref _socket)?.Abort();
        }
        else
        {
            Close(TryAgainLater, "The session is lost.");
        }
    }

    public string? Transport => "websocket";

    public void Stopping(LocalSession session) => Close(WebSocketCloseStatus.EndpointUnavailable, "The server is stopping.");

    void IThreadPoolWorkItem.Execute() => _ = WriteAsync();

    /// <summary>Close code 1013 (IANA registry of WebSocket close codes).</summary>
    private const WebSocketCloseStatus TryAgainLater = (WebSocketCloseStatus)1013;

    private async Task CheckLoginAsync()
    {
        try
        {
            if (!await services.Logins.IsOpenAsync(login.Id))
            {
                Close(WebSocketCloseStatus.PolicyViolation, "The session is logged out.");
            }
        }
        catch (Exception exception)
        {
            // The cluster does not answer; asked again at the next check.
            Log.LoginNotChecked(services.Logger, exception);
        }
    }

    private async Task<SmcReply> TakeAsync(ReceivedFrame frame)
    {
        try
        {
            return await _requests!.CarryOutAsync(frame.Type == WebSocketMessageType.Text ? frame.Bytes : default);
        }
        finally
        {
            frame.Return();
        }
    }

    /// <summary>Waits until the answer is written: a client that does not read is not read from.</summary>
    private async Task AnswerAsync(SmcReply reply)
    {
        _replies.Enqueue(reply);
        Signal();
        await Task.WhenAny(reply.Written.Task, _closed.Task);
    }

    /// <summary>Closes the socket once what waits is written; the first reason counts.</summary>
    private void Close(WebSocketCloseStatus status, string reason)
    {
        if (Interlocked.CompareExchange(ref _close, new SmcClose(status, reason), null) is null)
        {
            _ = CutAsync();
        }

        Signal();
    }

    /// <summary>A client that does not take its leave in time is cut.</summary>
    private async Task CutAsync()
    {
        await Task.Delay(services.Options.WritePatience, services.Time);
        _closed.TrySetResult();
        _socket?.Abort();
    }

    private void Signal()
    {
        if (Interlocked.Increment(ref _wakes) == 1)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2601, LogLevel.Debug, "A notification socket could not be written to")]
        public static partial void WriteFailed(ILogger logger, Exception exception);

        [LoggerMessage(2602, LogLevel.Warning, "The login of a notification socket could not be checked")]
        public static partial void LoginNotChecked(ILogger logger, Exception exception);
    }
}
