using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Personium;

namespace Tidings.Gateway.Personium;

/// <summary>
/// A topic's socket (Personium, "Web Socket connection to Stream Collection"). Its reader takes one frame after the other; replies go out before
/// deliveries. One timer closes it: for want of a token, or some time after its token's end. Another one pings it.
/// </summary>
internal sealed partial class TopicSocket : ISocketSource, ISessionSink, IProtocolSession, IAsyncDisposable
{
    private static readonly TimeSpan SessionLifetime = TimeSpan.FromMinutes(1);

    /// <summary>Timers take no more than 49 days, tokens of other issuers may be good for years.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(30);

    private readonly TopicSocketEndpoint _services;
    private readonly PersoniumCall _call;
    private readonly StreamPath? _topic;
    private readonly WebSocket _socket;
    private readonly SocketSender _sender;
    private readonly ITimer _deadline;
    private readonly ConcurrentQueue<byte[]> _replies = new();
    private LocalSession? _session;
    private Holder? _holder;
    private volatile bool _isOpen;

    public TopicSocket(TopicSocketEndpoint services, PersoniumCall call, StreamPath? topic, WebSocket socket)
    {
        (_services, _call, _topic, _socket) = (services, call, topic, socket);
        _sender = new SocketSender(this, services.Door, services.Metrics, services.Time, services.Logger);
        _deadline = services.Time.CreateTimer(
            static self => ((TopicSocket)self!).TimeIsUp(), this, services.Options.TokenWithin, Timeout.InfiniteTimeSpan);
    }

    private bool IsExpired => _holder is { } holder && _services.Time.GetUtcNow() >= holder.Expires;

    public bool IsClosing => _sender.IsClosing;

    public string Transport => Transports.WebSocket;

    /// <summary>Serves the socket until one side closes it.</summary>
    public async Task RunAsync(CancellationToken aborted)
    {
        _sender.Begin(_socket);
        using var stopping = _services.Stopping.Register(Stop);
        var frames = new FrameReceiver(_socket, _services.Limits.MessageBytes);
        try
        {
            while (_socket.State == WebSocketState.Open && await frames.ReadAsync(aborted) is { } frame)
            {
                await TakeAsync(frame);
            }

            _sender.Close(WebSocketCloseStatus.NormalClosure);
            await _sender.Said;
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // The connection is gone.
        }
    }

    /// <summary>Its pings stay unanswered: the client is gone.</summary>
    public void Unanswered() => _sender.Close(WebSocketCloseStatus.NormalClosure, end: SessionEnd.Expired);

    public async ValueTask DisposeAsync()
    {
        _sender.Dispose();
        await _deadline.DisposeAsync();
        if (_session is { } session)
        {
            await _services.Door.CloseAsync(session.Tenant, session.Id, _sender.End);
        }
    }

    public void Wake(LocalSession session, OutboxItem item) => _sender.Signal();

    public void Tick(LocalSession session, DateTimeOffset now) => _sender.Tick();

    public void Released(LocalSession session) => _sender.Close(WebSocketCloseStatus.EndpointUnavailable);

    /// <summary>A session ends with its token, too; then its client is told when it next says something, or is closed after a while.</summary>
    public void Ended(LocalSession session, SessionEnd reason)
    {
        if (!IsExpired)
        {
            _sender.Close(WebSocketCloseStatus.NormalClosure, end: reason);
        }
    }

    public void Stopping(LocalSession session) => Stop();

    private void Stop() => _sender.Close(WebSocketCloseStatus.EndpointUnavailable, end: SessionEnd.Stopped);

    private void TimeIsUp()
    {
        if (_holder is { } holder && LeftOf(holder) is var left && left > TimeSpan.Zero)
        {
            WaitFor(left);
            return;
        }

        _sender.Close(WebSocketCloseStatus.NormalClosure, end: SessionEnd.Expired);
    }

    private void WaitFor(TimeSpan left) => _deadline.Change(left < LongestWait ? Positive(left) : LongestWait, Timeout.InfiniteTimeSpan);

    /// <summary>How long a socket stays open unless it is renewed: until some time after its token's end.</summary>
    private TimeSpan LeftOf(Holder holder) => holder.Expires - _services.Time.GetUtcNow() + _services.Options.ExpiredWithin;

    private async Task TakeAsync(ReceivedFrame frame)
    {
        var token = frame is { Type: WebSocketMessageType.Text, IsTooBig: false } ? StreamFrames.ReadToken(frame.Bytes) : null;
        var (isTooBig, length) = (frame.IsTooBig, frame.Length);
        frame.Return();
        if (_sender.IsClosing)
        {
            return;
        }

        if (isTooBig)
        {
            _sender.Close(WebSocketCloseStatus.MessageTooBig);
        }
        else if (_services.IsTooFast(_call.Context, length))
        {
            _sender.Close(WebSocketCloseStatus.PolicyViolation);
        }
        else if (IsExpired)
        {
            Refuse(StreamReply.Unknown, StreamReasons.SessionExpired);
        }
        else if (token is null)
        {
            Refuse(StreamReply.Unknown, StreamReasons.InvalidMessage);
        }
        else if (!await TryEnterAsync(token))
        {
            Refuse(StreamReply.AccessToken, StreamReasons.TokenInactive);
        }
    }

    /// <summary>Begins the session, or prolongs it. Subscribed first, then told: what is published from then on comes.</summary>
    private async Task<bool> TryEnterAsync(string text)
    {
        if (await CheckAsync(text) is not { } token)
        {
            return false;
        }

        if (_holder is null)
        {
            // Whose frames are counted from now on, and in which tenant.
            _call.Context.User = token.User;
        }

        _holder = new Holder(NameOf(token), token.Expires);
        Looked();
        WaitFor(LeftOf(_holder));
        var reply = new ArrayBufferWriter<byte>();
        var now = _services.Time.GetUtcNow();
        StreamFrames.WriteSuccess(reply, token.Expires - now, now, _services.Options.Timestamp);
        Reply(reply);
        _isOpen = true;
        _sender.Signal();
        return true;
    }

    /// <summary>A token that is good for the socket's session, which begins with the first; null for any other.</summary>
    private async Task<TopicToken?> CheckAsync(string text)
    {
        try
        {
            if (await _services.Tokens.CheckAsync(_call, _topic, text) is not { } token
                || (_holder is { User: { } user } && user != NameOf(token))
                || (_session is null && !await BeginAsync(token)))
            {
                return null;
            }

            await _services.Door.RenewAsync(_session!, token.User);
            return token;
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            Log.NotChecked(_services.Logger, exception);
            return null;
        }
    }

    private async Task<bool> BeginAsync(TopicToken token)
    {
        var description = new SessionDescription { Protocol = "personium", Lifetime = SessionLifetime, Peer = _call.Context.Peer() };
        if (await _services.Door.OpenAsync(_call.Cell, description, this, token.User) is not var (secret, session))
        {
            return false;
        }

        _session = session;
        session.Deadline = null;
        _services.Metrics.Connected(session);
        return session.Bind(this)
            && await _services.Door.SubscribeAsync(_call.Cell, secret, [_call.ChannelOf(_topic!.Path)]) == SubscribeStatus.Done;
    }

    private void Refuse(StreamReply kind, string reason)
    {
        var reply = new ArrayBufferWriter<byte>();
        StreamFrames.WriteError(reply, kind, reason, _services.Time.GetUtcNow(), _services.Options.Timestamp);
        _isOpen = false;
        Reply(reply);
        _sender.Close(WebSocketCloseStatus.NormalClosure);
    }

    private void Reply(ArrayBufferWriter<byte> reply) => _replies.Enqueue(reply.WrittenSpan.ToArray());

    private static string? NameOf(TopicToken token) => token.User.Identity?.Name;

    private static TimeSpan Positive(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;

    /// <summary>Whose socket it is, and until when. One object, as messages may come while it is renewed.</summary>
    private sealed record Holder(string? User, DateTimeOffset Expires);

    private static partial class Log
    {
        [LoggerMessage(2902, LogLevel.Warning, "The token of a topic's socket could not be checked")]
        public static partial void NotChecked(ILogger logger, Exception exception);
    }
}
