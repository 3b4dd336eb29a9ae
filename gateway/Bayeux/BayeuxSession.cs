using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>Why a held connect ends.</summary>
internal enum ConnectEnd
{
    /// <summary>Something waits to be delivered.</summary>
    Deliver,

    /// <summary>Nothing ends; the client is to see that the connection lives.</summary>
    KeepAlive,

    /// <summary>Its time is up.</summary>
    Timeout,

    /// <summary>Another connect of the session came, or the session went to another gateway.</summary>
    Superseded,

    /// <summary>The session was ended, by its client or by the server.</summary>
    Disconnected,

    /// <summary>Server code ended the session.</summary>
    Kicked,

    /// <summary>The session is no more: the client is to begin anew.</summary>
    Unknown,

    /// <summary>The client's connection is gone.</summary>
    Aborted,
}

/// <summary>A connect that waits for its reply.</summary>
internal abstract class HeldConnect(BayeuxMessage request, DateTimeOffset until, TimeSpan lifetime)
{
    public BayeuxMessage Request { get; } = request;

    /// <summary>When it is answered even if nothing came.</summary>
    public DateTimeOffset Until { get; } = until;

    /// <summary>Whether it counts among the connections that its user has to a channel.</summary>
    public bool IsCounted { get; init; }

    /// <summary>Its place in the order in which connections came.</summary>
    public long Order { get; } = ConnectionOrder.Next();

    /// <summary>How long the session lives after the reply without a further connect.</summary>
    public TimeSpan Lifetime { get; } = lifetime;

    /// <summary>Ends it; only the first call counts.</summary>
    public abstract void End(ConnectEnd end);

    /// <summary>Called by the periodic scan.</summary>
    public virtual void Tick(DateTimeOffset now)
    {
    }
}

/// <summary>
/// The Bayeux side of a session at the gateway that holds it: its held connect, and the lazy messages that do not wake it yet.
/// </summary>
internal sealed class BayeuxSession : IProtocolSession, ICountedConnection
{
    /// <summary>What such sessions are called.</summary>
    public const string Protocol = "bayeux";

    private readonly Lock _lock = new();
    private HeldConnect? _held;
    private long _lazyUntil;
    private volatile bool _lazyMayGo;

    /// <summary>The socket that the session's messages are pushed to; null with the polling transports.</summary>
    public BayeuxSocket? Socket { get; set; }

    /// <summary>The cookie of the browser whose connect is held, while one is.</summary>
    public string? HeldForBrowser { get; set; }

    public bool HoldsConnect => _held is not null;

    public long? Order => _held is { IsCounted: true } held ? held.Order : null;

    public void Close()
    {
        var socket = Socket;
        _held?.End(ConnectEnd.Superseded);
        socket?.Yield();
    }

    /// <summary>Holds a connect; one held before ends, without messages.</summary>
    public void Hold(LocalSession session, HeldConnect connect)
    {
        HeldConnect? superseded;
        lock (_lock)
        {
            (superseded, _held) = (_held, connect);
            session.Deadline = null;
        }

        superseded?.End(ConnectEnd.Superseded);
    }

    /// <summary>Takes the held connect, to answer it; the session's clock runs from here.</summary>
    /// <param name="session">The session.</param>
    /// <param name="connect">The connect to take; null takes whichever is held.</param>
    /// <param name="now">The time.</param>
    public HeldConnect? Take(LocalSession session, HeldConnect? connect, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_held is null || (connect is not null && !ReferenceEquals(_held, connect)))
            {
                return null;
            }

            var taken = _held;
            _held = null;
            session.LastConnect = now;
            session.Deadline = now + taken.Lifetime;
            return taken;
        }
    }

    /// <summary>A lazy message came: it waits for something more urgent, at most until then.</summary>
    public void DelayUntil(DateTimeOffset until)
    {
        lock (_lock)
        {
            if (_lazyUntil == 0 || until.UtcTicks < _lazyUntil)
            {
                Volatile.Write(ref _lazyUntil, until.UtcTicks);
            }
        }
    }

    /// <summary>The lazy messages that wait have waited long enough.</summary>
    public void LetLazyGo()
    {
        lock (_lock)
        {
            Volatile.Write(ref _lazyUntil, 0);
            _lazyMayGo = true;
        }
    }

    /// <summary>Messages are on their way: no lazy one waits any more.</summary>
    public void Delivering()
    {
        lock (_lock)
        {
            Volatile.Write(ref _lazyUntil, 0);
            _lazyMayGo = false;
        }
    }

    /// <summary>Whether lazy messages need not wait for something more urgent any more.</summary>
    public bool LazyMayGo => _lazyMayGo;

    public void Tick(LocalSession session, DateTimeOffset now)
    {
        if (_held is { } held && held.Until <= now)
        {
            held.End(ConnectEnd.Timeout);
        }

        _held?.Tick(now);
        if (Volatile.Read(ref _lazyUntil) is var until and not 0 && until <= now.UtcTicks)
        {
            LetLazyGo();
            if (Socket is { } socket)
            {
                // It ends the connect itself, if messages go with its reply.
                socket.Signal();
            }
            else
            {
                _held?.End(ConnectEnd.Deliver);
            }
        }

        Socket?.Tick();
    }

    public string? Transport => Socket is null ? "long-polling" : "websocket";

    public void Released(LocalSession session)
    {
        _held?.End(ConnectEnd.Superseded);
        Socket?.Leave(session);
    }

    public void Ended(LocalSession session, SessionEnd reason)
    {
        if (reason == SessionEnd.Kicked)
        {
            Socket?.Tell(BayeuxReplies.Kicked);
        }
        else if (reason == SessionEnd.TooSlow)
        {
            Socket?.Cut();
        }

        _held?.End(EndFor(reason));
        Socket?.Leave(session);
    }

    public void Stopping(LocalSession session)
    {
        _held?.End(ConnectEnd.Timeout);
        Socket?.Stop();
    }

    /// <summary>How a connect of a session that left is answered: one that was parked this moment comes back with the next.</summary>
    public static ConnectEnd EndFor(LocalSession session) =>
        session.EndedBy is { } reason ? EndFor(reason)
        : session.State == LocalState.Gone ? ConnectEnd.Superseded
        : ConnectEnd.Timeout;

    private static ConnectEnd EndFor(SessionEnd reason) => reason switch
    {
        SessionEnd.Disconnected => ConnectEnd.Disconnected,
        SessionEnd.Kicked => ConnectEnd.Kicked,
        _ => ConnectEnd.Unknown,
    };
}
