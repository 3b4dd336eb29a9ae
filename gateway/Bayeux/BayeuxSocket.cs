using System.Net.WebSockets;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>
/// Bayeux over one WebSocket, and the session it speaks for. Messages are pushed as they come, all that wait in one frame; only a connect's
/// reply is held.
/// </summary>
internal sealed class BayeuxSocket : ISessionSink, IOpenSocket
{
    private readonly WebSocket _socket;
    private readonly HttpContext _context;
    private readonly BayeuxSocketServices _services;
    private readonly SocketWriter _writer;
    private readonly SocketReader _reader;
    private bool _beganHere;

    public BayeuxSocket(WebSocket socket, HttpContext context, BayeuxDialect dialect, BayeuxSocketServices services)
    {
        Dialect = dialect;
        _socket = socket;
        _context = context;
        _services = services;
        Rates = services.Rates.Of(context);
        _writer = new SocketWriter(socket, this, services);
        _reader = new SocketReader(socket, context, this, _writer, services);
    }

    /// <summary>What its endpoint speaks.</summary>
    public BayeuxDialect Dialect { get; }

    /// <summary>The session that the socket speaks for; null before a handshake or connect.</summary>
    public LocalSession? Session { get; private set; }

    /// <summary>The secret id of the session that the socket last spoke for.</summary>
    public string? Secret { get; private set; }

    /// <summary>How fast its caller may be.</summary>
    public CallerRates Rates { get; private set; }

    /// <summary>The session of a secret id, if it is the one that the socket speaks for; spares working out its public id.</summary>
    public LocalSession? SessionOf(string tenant, string secret) =>
        Session is { Description: not null, State: not LocalState.Gone } session && session.Tenant == tenant && Secret == secret ? session : null;

    /// <summary>Whether this socket did the session's handshake.</summary>
    public bool Began(string secret) => _beganHere && Secret == secret;

    /// <summary>
    /// A handshake on this socket succeeded. A session whose messages came here until now is let go of: it stays valid, and expires unless
    /// its client connects elsewhere, as with CometD.
    /// </summary>
    public void Begin(string secret, LocalSession session)
    {
        var earlier = Session;
        _beganHere = true;
        Use(secret, session);
        if (earlier?.Protocol is BayeuxSession bayeux && ReferenceEquals(bayeux.Socket, this))
        {
            // Its connect is answered in words that neither end the client nor send it to another handshake.
            bayeux.Take(earlier, null, _services.Time.GetSteadyNow())?.End(ConnectEnd.Superseded);
            bayeux.Socket = null;
            earlier.Unbind(this);
        }
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
            && await _services.Door.AttachAsync(call.Tenant, secret, _context.User, BayeuxSession.Protocol, static () => new BayeuxSession()) is { } session)
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
            ((BayeuxSession)session.Protocol!).DelayUntil(_services.Time.GetSteadyNow() + wait);
        }
        else
        {
            Signal();
        }
    }

    /// <summary>There is something to write, perhaps.</summary>
    public void Signal() => _writer.Signal();

    /// <summary>Cuts the connection of a client that does not read what was written long ago.</summary>
    public void Tick() => _writer.Tick();

    /// <summary>Closes the socket once what waits is written, so that its client connects anew.</summary>
    public void Stop() => _writer.Close(WebSocketCloseStatus.EndpointUnavailable, "The server is stopping.");

    /// <summary>Closes the socket for newer connections of its user, once what waits is written.</summary>
    public void Yield() => _writer.Close(WebSocketCloseStatus.PolicyViolation, "There are newer connections to the channel.");

    /// <summary>Closes the socket of a client that does not read, and cuts it if even that is not read.</summary>
    public void Cut() => _ = _writer.CutAsync(WebSocketCloseStatus.PolicyViolation, "Messages were not read in time.");

    /// <summary>Writes a message that no request asked for.</summary>
    public void Tell(BayeuxMessage message)
    {
        var answer = new BayeuxAnswer();
        answer.Replies.Add(message);
        _writer.Reply(BayeuxWire.Write(answer).WrittenMemory);
    }

    /// <summary>Holds a connect, or answers it where it is not to be held.</summary>
    public async ValueTask ConnectAsync(BayeuxCall call, BayeuxAnswer answer, PendingConnect connect)
    {
        var held = new SocketConnect(this, _services, call.Exchange, connect) { IsCounted = Dialect.CountsConnections };
        LetLazyGo(connect);
        connect.Bayeux.Hold(connect.Session, held);
        if (!Use(connect.Request.ClientId!, connect.Session))
        {
            held.End(BayeuxSession.EndFor(connect.Session));
        }
        else if (SocketDelivery.IsWithConnects(connect.Session, _services) && connect.Session.HasPending)
        {
            Signal();
        }
        else if (connect.Hold == TimeSpan.Zero && connect.Bayeux.Take(connect.Session, held, _services.Time.GetSteadyNow()) is not null)
        {
            answer.Replies.Add(await _services.Connects.ReplyAsync(Dialect, call.Exchange, connect.Session, connect.Request, ConnectEnd.Timeout));
        }
    }

    /// <summary>Lazy messages that go with connects, and come again as they were not acknowledged, do not wait where the connect is not held.</summary>
    private void LetLazyGo(PendingConnect connect)
    {
        if (connect.Hold == TimeSpan.Zero && connect.Session.HasPending && SocketDelivery.IsWithConnects(connect.Session, _services))
        {
            connect.Bayeux.LetLazyGo();
        }
    }

    public async Task RunAsync()
    {
        using var disposal = _socket;
        try
        {
            await _reader.RunAsync();
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
                    bayeux.Take(session, null, _services.Time.GetSteadyNow());
                }
            }
        }
    }

    /// <summary>Takes a session's messages from now on. False when it has left.</summary>
    private bool Use(string secret, LocalSession session)
    {
        Secret = secret;
        Rates = _services.Rates.Of(_context);
        var bayeux = (BayeuxSession)session.Protocol!;
        (bayeux.Socket, bayeux.Transport) = (this, Transports.WebSocket);
        if (!ReferenceEquals(Session, session))
        {
            Session = session;
            _services.Metrics.Connected(session);
        }

        var isHere = session.Bind(this);
        if (!isHere)
        {
            Leave(session);
        }

        Signal();
        return isHere;
    }
}
