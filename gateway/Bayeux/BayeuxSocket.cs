using System.Collections.Concurrent;
using System.Net.WebSockets;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>
/// Bayeux over one WebSocket: frames are arrays of messages. Messages are pushed as they come, all that wait in one frame; only a
/// connect's reply is held. One writer at a time, started when there is something to write, so an idle socket owns no task of ours.
/// </summary>
internal sealed class BayeuxSocket(WebSocket socket, HttpContext context, BayeuxSocketServices services) : ISessionSink, IThreadPoolWorkItem
{
    private readonly BayeuxSocketServices _services = services;
    private readonly FrameReceiver _frames = new(socket, services.Limits.MessageBytes);
    private readonly ConcurrentQueue<ReadOnlyMemory<byte>> _replies = new();
    private readonly SemaphoreSlim _publishes = new(services.Limits.PublishesInFlight);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _replied = new(0);
    private CallerRates _rates = services.Rates.Of(context);
    private long _replyBytes;
    private string? _secret;
    private bool _beganHere;
    private int _wakes;
    private long _writingSince;
    private (WebSocketCloseStatus Status, string Reason)? _close;

    /// <summary>The session that the socket speaks for; null before a handshake or connect.</summary>
    public LocalSession? Session { get; private set; }

    /// <summary>Whether this socket did the session's handshake.</summary>
    public bool Began(string secret) => _beganHere && _secret == secret;

    /// <summary>A handshake on this socket succeeded.</summary>
    public void Begin(string secret, LocalSession session)
    {
        _beganHere = true;
        Use(secret, session);
    }

    /// <summary>A message of a session known from elsewhere came: the session's messages go here from now on.</summary>
    public async ValueTask TakeUpAsync(BayeuxCall call, string secret)
    {
        if (_services.Door.FindLocal(call.Tenant, secret) is { Protocol: BayeuxSession { Socket: null, HoldsConnect: true } })
        {
            // A poll is held elsewhere: messages go there until a connect comes here.
            return;
        }

        if (!_services.Options.CurrentValue.RequireHandshakePerConnection
            && await _services.Door.AttachAsync(call.Tenant, secret, context.User, static () => new BayeuxSession()) is { } session)
        {
            Use(secret, session);
        }
    }

    /// <summary>The session went elsewhere or ended.</summary>
    public void Leave(LocalSession session)
    {
        if (ReferenceEquals(Session, session))
        {
            Session = null;
        }
    }

    public void Wake(LocalSession session, OutboxItem item)
    {
        if (_services.Rules.LazinessOf(item) is { Ticks: > 0 } wait)
        {
            ((BayeuxSession)session.Protocol!).DelayUntil(_services.Time.GetUtcNow() + wait);
        }
        else
        {
            Signal();
        }
    }

    /// <summary>There is something to write, perhaps.</summary>
    public void Signal()
    {
        if (Interlocked.Increment(ref _wakes) == 1)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Cuts the connection of a client that does not read what was written long ago.</summary>
    public void Tick(DateTimeOffset now)
    {
        var since = Volatile.Read(ref _writingSince);
        if (since != 0 && _services.Time.GetElapsedTime(since) > _services.Options.CurrentValue.WritePatience)
        {
            socket.Abort();
        }
    }

    public async Task RunAsync()
    {
        try
        {
            await ReceiveAsync();
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // The connection is gone; the session waits for its client's next one.
        }
        finally
        {
            if (Session is { } session)
            {
                Leave(session);
                if (session.Unbind(this))
                {
                    var bayeux = (BayeuxSession)session.Protocol!;
                    bayeux.Socket = null;
                    bayeux.Take(session, null, _services.Time.GetUtcNow());
                }
            }
        }
    }

    void IThreadPoolWorkItem.Execute() => _ = WriteAsync();

    /// <summary>Takes a session's messages from now on. False when it has left.</summary>
    private bool Use(string secret, LocalSession session)
    {
        _secret = secret;
        _rates = _services.Rates.Of(context);
        Session = session;
        ((BayeuxSession)session.Protocol!).Socket = this;
        var isHere = session.Bind(this);
        if (!isHere)
        {
            Leave(session);
        }

        Signal();
        return isHere;
    }

    private async Task ReceiveAsync()
    {
        while (await MayReadAsync() && await _frames.ReadAsync(context.RequestAborted) is { } frame)
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

        await FinishAsync(WebSocketCloseStatus.NormalClosure, "");
    }

    /// <summary>Whether the socket is open; waits while its client does not read its replies, so that they do not pile up.</summary>
    private async ValueTask<bool> MayReadAsync()
    {
        while (Volatile.Read(ref _replyBytes) > _services.Limits.MessageBytes && socket.State == WebSocketState.Open)
        {
            await _replied.WaitAsync(context.RequestAborted);
        }

        return socket.State == WebSocketState.Open;
    }

    private static async Task ReturnAfterAsync(Task underWay, ReceivedFrame frame)
    {
        await underWay.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        frame.Return();
    }

    private async ValueTask<Task?> LeaveAsync(WebSocketCloseStatus status, string reason)
    {
        await FinishAsync(status, reason);
        return null;
    }

    /// <summary>Carries out a frame.</summary>
    /// <returns>What is still under way, which the next frame need not wait for; null when the socket is to be left.</returns>
    private async ValueTask<Task?> TakeFrameAsync(WebSocketMessageType type, ReadOnlyMemory<byte> frame)
    {
        if (frame.IsEmpty)
        {
            return Task.CompletedTask;
        }

        if (type == WebSocketMessageType.Binary)
        {
            return await LeaveAsync(WebSocketCloseStatus.InvalidMessageType, "Bayeux messages are text.");
        }

        var read = BayeuxReader.Read(frame, _services.ReaderLimits);
        if (read.Failure == BayeuxReadFailure.Empty)
        {
            // Old Faye clients keep the connection alive with it.
            Reply("[]"u8.ToArray());
            return Task.CompletedTask;
        }

        if (!read.IsSuccess)
        {
            var (status, reason) = read.Failure == BayeuxReadFailure.TooManyMessages
                ? (WebSocketCloseStatus.PolicyViolation, "Too many messages in one frame.")
                : (WebSocketCloseStatus.InvalidPayloadData, "The frame is not an array of Bayeux messages.");
            return await LeaveAsync(status, reason);
        }

        if (_rates.Bytes(frame.Length) is { } refusal)
        {
            Reply(BayeuxWire.Write(_services.Processor.Refuse(read.Messages, refusal)).WrittenMemory);
            return Task.CompletedTask;
        }

        var call = CallFor(read.Messages.Count == 1);
        var processing = _services.Processor.ProcessAsync(call, read.Messages);
        if (processing.IsCompleted || call.Waited || !CanOverlap(read.Messages))
        {
            await AnswerAsync(call, await processing);
            return Task.CompletedTask;
        }

        // Everything in it has started, in order: the next frame need not wait for the log.
        await _publishes.WaitAsync(context.RequestAborted);
        return AnswerLaterAsync(call, processing);
    }

    private bool CanOverlap(IReadOnlyList<BayeuxMessage> messages) =>
        Session is not null && _services.Processor.StartsInOrder
        && messages.All(static message => message.Channel is { } channel && ChannelName.KindOf(channel) == ChannelKind.Broadcast);

    private async Task AnswerLaterAsync(BayeuxCall call, Task<BayeuxAnswer> processing)
    {
        try
        {
            await AnswerAsync(call, await processing);
        }
        finally
        {
            _publishes.Release();
        }
    }

    private BayeuxCall CallFor(bool single) => new()
    {
        Exchange = new BayeuxExchange
        {
            Tenant = context.Tenant(),
            Transport = "websocket",
            HttpContext = context,
            ReceivedAt = _services.Time.GetUtcNow().ToUnixTimeMilliseconds(),
        },
        Rates = _rates,
        Socket = this,
        ClientId = _secret,
        IsSingle = single,
    };

    private async ValueTask AnswerAsync(BayeuxCall call, BayeuxAnswer answer)
    {
        if (answer.Connect is { } connect)
        {
            await ConnectAsync(call, answer, connect);
        }

        if (answer.Replies.Count > 0)
        {
            Reply(BayeuxWire.Write(answer).WrittenMemory);
        }
    }

    private async ValueTask ConnectAsync(BayeuxCall call, BayeuxAnswer answer, PendingConnect connect)
    {
        var held = new SocketConnect(this, _services, call.Exchange, connect, _services.Time.GetUtcNow() + connect.Hold);
        connect.Bayeux.Hold(connect.Session, held);
        if (!Use(connect.Request.ClientId!, connect.Session))
        {
            held.End(BayeuxSession.EndFor(connect.Session));
        }
        else if (connect.Hold == TimeSpan.Zero && connect.Bayeux.Take(connect.Session, held, _services.Time.GetUtcNow()) is not null)
        {
            answer.Replies.Add(await _services.Processor.ConnectReplyAsync(call.Exchange, connect.Session, connect.Request, ConnectEnd.Timeout));
        }
        else if (_services.Options.CurrentValue.MetaConnectDeliverOnly && connect.Session.HasPending)
        {
            Signal();
        }
    }

    private void Reply(ReadOnlyMemory<byte> json)
    {
        Interlocked.Add(ref _replyBytes, json.Length);
        _replies.Enqueue(json);
        Signal();
    }

    /// <summary>Writes a message that no request asked for.</summary>
    public void Tell(BayeuxMessage message)
    {
        var answer = new BayeuxAnswer();
        answer.Replies.Add(message);
        Reply(BayeuxWire.Write(answer).WrittenMemory);
    }

    /// <summary>Closes the socket once what waits is written, so that its client connects anew.</summary>
    public void Stop()
    {
        _close = (WebSocketCloseStatus.EndpointUnavailable, "The server is stopping.");
        Signal();
    }

    /// <summary>Ends the socket: what waits is written first, for as long as a client may take to read it.</summary>
    private async Task FinishAsync(WebSocketCloseStatus status, string reason)
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            _close = (status, reason);
            Signal();
            await _closed.Task.WaitAsync(_services.Options.CurrentValue.WritePatience, _services.Time)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

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
                socket.Abort();
                _closed.TrySetResult();
                _replied.Release();
            }
        }
        while (Interlocked.Add(ref _wakes, -wakes) != 0);
    }

    private async ValueTask<bool> WriteOnceAsync()
    {
        var wrote = false;
        while (_replies.TryDequeue(out var reply))
        {
            await SendAsync(reply);
            wrote = true;
            Wrote(reply.Length);
        }

        if (Session is { } session && socket.State == WebSocketState.Open)
        {
            wrote |= await DeliverAsync(session);
        }

        if (!wrote && _close is { } close && socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await socket.CloseOutputAsync(close.Status, close.Reason, CancellationToken.None);
            _closed.TrySetResult();
        }

        return wrote;
    }

    private void Wrote(int bytes)
    {
        var left = Interlocked.Add(ref _replyBytes, -bytes);
        if (left <= _services.Limits.MessageBytes && left + bytes > _services.Limits.MessageBytes)
        {
            _replied.Release();
        }
    }

    private async ValueTask<bool> DeliverAsync(LocalSession session)
    {
        var bayeux = (BayeuxSession)session.Protocol!;
        if (bayeux.IsDelaying && !session.HasUrgent(_services.Rules.LazinessOf))
        {
            return false;
        }

        HeldConnect? connect = null;
        if (_services.Options.CurrentValue.MetaConnectDeliverOnly)
        {
            connect = session.HasPending ? bayeux.Take(session, null, _services.Time.GetUtcNow()) : null;
            if (connect is null)
            {
                return false;
            }
        }

        if (session.TakeForWriting() is not { } items)
        {
            return false;
        }

        bayeux.Delivering();
        var written = false;
        try
        {
            BayeuxMessage[] replies = connect is SocketConnect held
                ? [await _services.Processor.ConnectReplyAsync(held.Exchange, session, held.Request, ConnectEnd.Deliver)]
                : [];
            var output = BayeuxWire.Write(items, replies, _services.Rules.LeaveOutFor(session), out var delivered);
            if (delivered > 0 || replies.Length > 0)
            {
                await SendAsync(output.WrittenMemory);
            }

            written = true;
            _services.Metrics.Delivered.Add(delivered);
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

        if (session is { IsPartial: true, HasPending: false } or { State: LocalState.Lagging or LocalState.Parked })
        {
            await _services.Door.EnsureAttachedAsync(session);
        }

        return true;
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> json)
    {
        Volatile.Write(ref _writingSince, _services.Time.GetTimestamp());
        await socket.SendAsync(json, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);
        Volatile.Write(ref _writingSince, 0);
    }
}
