using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Personium;

namespace Tidings.Gateway.Personium;

/// <summary>
/// A topic's socket (Personium, "Web Socket connection to Stream Collection"). Its reader takes one frame after the other; its writer, one at
/// a time and started when there is something to write, sends replies and then deliveries. One timer closes it: for want of a token, or some
/// time after its token's end.
/// </summary>
internal sealed partial class TopicSocket : ISessionSink, IProtocolSession, IThreadPoolWorkItem, IAsyncDisposable
{
    private static readonly TimeSpan SessionLifetime = TimeSpan.FromMinutes(1);

    private readonly TopicSocketEndpoint _services;
    private readonly PersoniumCall _call;
    private readonly StreamPath? _topic;
    private readonly WebSocket _socket;
    private readonly ITimer _deadline;
    private readonly ConcurrentQueue<byte[]> _replies = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ArrayBufferWriter<byte> _frame = new();
    private LocalSession? _session;
    private WebSocketCloseStatus? _close;
    private string? _user;
    private DateTimeOffset _expires;
    private volatile bool _isOpen;
    private int _wakes;
    private long _writingSince;

    public TopicSocket(TopicSocketEndpoint services, PersoniumCall call, StreamPath? topic, WebSocket socket)
    {
        (_services, _call, _topic, _socket) = (services, call, topic, socket);
        _deadline = services.Time.CreateTimer(
            static self => ((TopicSocket)self!).Close(WebSocketCloseStatus.NormalClosure), this, services.Options.TokenWithin, Timeout.InfiniteTimeSpan);
    }

    private bool IsExpired => _user is not null && _services.Time.GetUtcNow() >= _expires;

    /// <summary>Serves the socket until one side closes it.</summary>
    public async Task RunAsync(CancellationToken aborted)
    {
        using var stopping = _services.Stopping.Register(() => Close(WebSocketCloseStatus.EndpointUnavailable));
        var frames = new FrameReceiver(_socket, _services.Limits.MessageBytes);
        try
        {
            while (_socket.State == WebSocketState.Open && await frames.ReadAsync(aborted) is { } frame)
            {
                await TakeAsync(frame);
            }

            Close(WebSocketCloseStatus.NormalClosure);
            await _closed.Task;
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // The connection is gone.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _deadline.DisposeAsync();
        if (_session is { } session)
        {
            await _services.Door.CloseAsync(session.Tenant, session.Id, SessionEnd.Disconnected);
        }
    }

    public void Wake(LocalSession session, OutboxItem item) => Signal();

    /// <summary>Cuts the connection of a client that does not read.</summary>
    public void Tick(LocalSession session, DateTimeOffset now)
    {
        var since = Volatile.Read(ref _writingSince);
        if (since != 0 && _services.Time.GetElapsedTime(since) > _services.Options.WritePatience)
        {
            _socket.Abort();
        }
    }

    public void Released(LocalSession session) => Close(WebSocketCloseStatus.EndpointUnavailable);

    /// <summary>A session ends with its token, too; then its client is told when it next says something, or is closed after a while.</summary>
    public void Ended(LocalSession session, SessionEnd reason)
    {
        if (!IsExpired)
        {
            Close(WebSocketCloseStatus.NormalClosure);
        }
    }

    public string? Transport => "websocket";

    public void Stopping(LocalSession session) => Close(WebSocketCloseStatus.EndpointUnavailable);

    void IThreadPoolWorkItem.Execute() => _ = WriteAsync();

    private async Task TakeAsync(ReceivedFrame frame)
    {
        var token = frame is { Type: WebSocketMessageType.Text, IsTooBig: false } ? StreamFrames.ReadToken(frame.Bytes) : null;
        var (isTooBig, length) = (frame.IsTooBig, frame.Length);
        frame.Return();
        if (_close is not null)
        {
            return;
        }

        if (isTooBig)
        {
            Close(WebSocketCloseStatus.MessageTooBig);
        }
        else if (_services.IsTooFast(_call.Context, length))
        {
            Close(WebSocketCloseStatus.PolicyViolation);
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
        if (await CheckAsync(text) is not { } token || (_user is { } user && user != NameOf(token)))
        {
            return false;
        }

        if (_session is null && !await BeginAsync(token))
        {
            return false;
        }

        await _services.Door.RenewAsync(_session!, token.User);
        (_user, _expires) = (NameOf(token), token.Expires);
        var left = token.Expires - _services.Time.GetUtcNow();
        _deadline.Change(Positive(left) + _services.Options.ExpiredWithin, Timeout.InfiniteTimeSpan);
        var reply = new ArrayBufferWriter<byte>();
        StreamFrames.WriteSuccess(reply, left, _services.Time.GetUtcNow(), _services.Options.Timestamp);
        Reply(reply);
        _isOpen = true;
        Signal();
        return true;
    }

    private async Task<TopicToken?> CheckAsync(string text)
    {
        try
        {
            return await _services.Tokens.CheckAsync(_call, _topic, text);
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
        return session.Bind(this)
            && await _services.Door.SubscribeAsync(_call.Cell, secret, [_call.ChannelOf(_topic!.Path)]) == SubscribeStatus.Done;
    }

    private void Refuse(StreamReply kind, string reason)
    {
        var reply = new ArrayBufferWriter<byte>();
        StreamFrames.WriteError(reply, kind, reason, _services.Time.GetUtcNow(), _services.Options.Timestamp);
        _isOpen = false;
        Reply(reply);
        Close(WebSocketCloseStatus.NormalClosure);
    }

    private void Reply(ArrayBufferWriter<byte> reply) => _replies.Enqueue(reply.WrittenSpan.ToArray());

    private static string? NameOf(TopicToken token) => token.User.Identity?.Name;

    private static TimeSpan Positive(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;

    private static partial class Log
    {
        [LoggerMessage(2901, LogLevel.Debug, "A topic's socket could not be written to")]
        public static partial void WriteFailed(ILogger logger, Exception exception);

        [LoggerMessage(2902, LogLevel.Warning, "The token of a topic's socket could not be checked")]
        public static partial void NotChecked(ILogger logger, Exception exception);
    }
}
