using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Smc;

namespace Tidings.Gateway.Smc;

/// <summary>
/// A notification socket. Its reader carries out one request after the other and waits until each is answered; answers and events go out each in
/// a frame and a write of its own, since clients overlook a second frame in a TLS record.
/// </summary>
internal sealed partial class SmcSocket : ISocketSource, ISessionSink, IProtocolSession
{
    /// <summary>Close code 1013 (IANA registry of WebSocket close codes).</summary>
    private const WebSocketCloseStatus TryAgainLater = (WebSocketCloseStatus)1013;

    private readonly SmcSocketEndpoint _services;
    private readonly SmcSession _login;
    private readonly string _root;
    private readonly CallerRates _rates;
    private readonly IPAddress? _address;

    /// <summary>An open socket uses its login this often, so that the login lives as long as the socket.</summary>
    private readonly TimeSpan _checkPeriod;

    private readonly ConcurrentQueue<SmcReply> _replies = new();
    private readonly List<SmcSubscription> _active = [];
    private readonly SocketSender _sender;
    private readonly ArrayBufferWriter<byte> _frame = new();
    private SmcRequestHandler? _requests;
    private DateTimeOffset _nextCheck;

    public SmcSocket(SmcSocketEndpoint services, SmcSession login, string root, CallerRates rates, IPAddress? address)
    {
        (_services, _login, _root, _rates, _address) = (services, login, root, rates, address);
        _checkPeriod = TimeSpan.FromTicks(Math.Min(TimeSpan.TicksPerMinute, login.Record.Lifetime.Ticks / 4));
        _nextCheck = services.Time.GetSteadyNow();
        _sender = new SocketSender(this, services.Door, services.Metrics, services.Time, services.Logger);
    }

    /// <summary>How the session ends with the socket.</summary>
    public SessionEnd End => _sender.End;

    public TimeSpan WritePatience => _services.Options.WritePatience;

    public LocalSession? Delivering { get; private set; }

    public string Transport => Transports.WebSocket;

    /// <summary>Serves the socket until one side closes it.</summary>
    public async Task RunAsync(WebSocket socket, string secret, LocalSession session, CancellationToken aborted)
    {
        _requests = new SmcRequestHandler(_services, _login, secret, _address);
        Delivering = session;
        using var sender = _sender;
        sender.Begin(socket);
        try
        {
            await ReadAsync(socket, aborted);
            sender.Close(WebSocketCloseStatus.NormalClosure);
            await sender.Said;
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // The connection is gone.
        }
    }

    private async Task ReadAsync(WebSocket socket, CancellationToken aborted)
    {
        var frames = new FrameReceiver(socket, _services.Limits.MessageBytes);
        while (socket.State == WebSocketState.Open && await frames.ReadAsync(aborted) is { } frame)
        {
            if (frame.IsTooBig)
            {
                frame.Return();
                _sender.Close(WebSocketCloseStatus.MessageTooBig, "The message is larger than this server takes.");
                return;
            }

            if (_rates.Bytes(frame.Bytes.Length) is not null)
            {
                frame.Return();
                _sender.Close(WebSocketCloseStatus.PolicyViolation, "Too fast.");
                return;
            }

            await AnswerAsync(await TakeAsync(frame));
        }
    }

    public void Wake(LocalSession session, OutboxItem item) => _sender.Signal();

    /// <summary>Cuts the connection of a client that does not read, and closes the socket of a login that is over.</summary>
    public void Tick(LocalSession session, DateTimeOffset now)
    {
        _sender.Tick();
        if (now > _nextCheck)
        {
            _nextCheck = now + _checkPeriod;
            _ = CheckLoginAsync();
        }
    }

    public void Released(LocalSession session) => _sender.Close(WebSocketCloseStatus.EndpointUnavailable, "The session moved.");

    public void Ended(LocalSession session, SessionEnd reason)
    {
        switch (reason)
        {
            case SessionEnd.Kicked:
                _sender.Close(WebSocketCloseStatus.PolicyViolation, "The session is logged out.", reason);
                break;
            case SessionEnd.TooSlow:
                _sender.Cut(reason); // it would not read a farewell either
                break;
            default:
                _sender.Close(TryAgainLater, "The session is lost.", reason);
                break;
        }
    }

    public void Stopping(LocalSession session) =>
        _sender.Close(WebSocketCloseStatus.EndpointUnavailable, "The server is stopping.", SessionEnd.Stopped);

    public async ValueTask<bool> SendRepliesAsync()
    {
        var wrote = false;
        while (_replies.TryDequeue(out var reply))
        {
            if (reply.Ends is { } id)
            {
                _active.RemoveAll(subscription => subscription.Id == id);
            }

            await _sender.WriteAsync(reply.Frame);
            if (reply.Begins is { } subscription)
            {
                _active.Add(subscription);
            }

            reply.Written.TrySetResult();
            wrote = true;
        }

        return wrote;
    }

    /// <summary>One frame per event and subscription, in the order of subscriptions.</summary>
    public async ValueTask SendAsync(DeliveryBatch batch)
    {
        if (!SmcDeliveryCodec.TryReadElement(batch.Channel.Name, out var type, out var id))
        {
            return;
        }

        ReadOnlyMemory<byte> encoded = batch.EncodedBy(_services.Codec);
        var href = $"{_root}/elements/{type}/{id}";
        while (!encoded.IsEmpty)
        {
            var body = SmcDeliveryCodec.Next(ref encoded);
            foreach (var subscription in _active)
            {
                if (subscription.Wants(type))
                {
                    _frame.ResetWrittenCount();
                    SmcSocketWriter.WriteEvent(_frame, _login.Version, body.Span, href, subscription.Id);
                    await _sender.WriteAsync(_frame.WrittenMemory);
                    _services.Metrics.Delivered.Add(1);
                }
            }
        }
    }

    /// <summary>The protocol has no word for a gap: its client is to begin anew.</summary>
    public void Missed() => _sender.Close(TryAgainLater, "Notifications were lost.");

    private async Task CheckLoginAsync()
    {
        try
        {
            if (!await _services.Logins.IsOpenAsync(_login.Id))
            {
                _sender.Close(WebSocketCloseStatus.PolicyViolation, "The session is logged out.", SessionEnd.Expired);
            }
        }
        catch (Exception exception)
        {
            // The cluster does not answer; asked again at the next check.
            Log.LoginNotChecked(_services.Logger, exception);
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
        _sender.Signal();
        await Task.WhenAny(reply.Written.Task, _sender.Said);
    }

    private static partial class Log
    {
        [LoggerMessage(2602, LogLevel.Warning, "The login of a notification socket could not be checked")]
        public static partial void LoginNotChecked(ILogger logger, Exception exception);
    }
}
