using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Sessions;

/// <summary>The sessions this gateway holds, and the receiving end of every silo's link to it.</summary>
internal sealed partial class GatewayHub(
    IClusterClient cluster, IOptions<TidingsLimits> limits, WindowPolicies windows, TimeProvider time, GatewayMetrics metrics, ILogger<GatewayHub> logger)
    : IGatewayObserver, ILocalGateway
{
    private static readonly TimeSpan WritePatience = TimeSpan.FromSeconds(1);

    /// <summary>How long a silo that fell silent is remembered: longer than one can be away and yet a member of its cluster.</summary>
    private static readonly TimeSpan SiloMemory = TimeSpan.FromMinutes(10);

    /// <summary>How long a silo that goes by it waits for the client of a session that did not come here.</summary>
    private static readonly TimeSpan DisownedLifetime = TimeSpan.FromMinutes(1);

    /// <summary>What there is to tell of a stay that never was: a session that its silo takes for one that is here stands where it stood before.</summary>
    private static readonly SessionHandover NothingTaken = new() { Frame = 0, Cursors = [], Unanswered = true };

    private static readonly TimeSpan DisownPause = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, LocalSession> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SiloReceiver> _receivers = new(StringComparer.Ordinal);
    private readonly GivenHandovers _given = new(time);
    private readonly Lock _addressing = new();
    private GatewayAddress? _address;

    /// <summary>Where silos reach this gateway. Orleans holds observers weakly; the hub is a singleton and lives as long as the process.</summary>
    public GatewayAddress Address
    {
        get
        {
            // One for all: silos would take a second one for another gateway.
            lock (_addressing)
            {
                return _address ??= new GatewayAddress(NewId(), cluster.CreateObjectReference<IGatewayObserver>(this));
            }
        }
    }

    string ILocalGateway.Id => Address.Id;

    IGatewayObserver ILocalGateway.Observer => this;

    /// <summary>Every session held here. Looked through several times a second, so nothing is copied: others may come and go meanwhile.</summary>
    public IEnumerable<LocalSession> Sessions => _sessions.Select(static known => known.Value);

    /// <summary>The same without the gateway's own (<see cref="ChannelId.HealthTenant"/>).</summary>
    public IEnumerable<LocalSession> ClientSessions => Sessions.Where(static session => session.Tenant != ChannelId.HealthTenant);

    /// <summary>Every silo that calls.</summary>
    public IEnumerable<SiloReceiver> Receivers => _receivers.Values.Where(static receiver => !receiver.IsGivenUp);

    /// <summary>A session held here; null if it is not.</summary>
    public LocalSession? Find(string tenant, string id) =>
        _sessions.TryGetValue(id, out var session) && session.Tenant == tenant ? session : null;

    /// <summary>Makes room for a session whose silo is about to send frames.</summary>
    public LocalSession Add(string tenant, string id)
    {
        var fresh = new LocalSession(tenant, id, limits, windows);
        return _sessions.GetOrAdd(id, fresh);
    }

    public Task<LinkAck> Receive(LinkBatch batch)
    {
        // A late call may be of a link that its silo has given up.
        var receiver = ReceiverOf(batch);
        return Task.FromResult(receiver.Link == batch.Link ? receiver.Take(batch) : LinkAck.Refused);
    }

    public async Task<SessionHandover?> Release(string sessionId, long stay)
    {
        if (_given.Find(sessionId, stay) is { } given)
        {
            return given;
        }

        if (!_sessions.TryGetValue(sessionId, out var session))
        {
            return NothingTaken;
        }

        if (!session.BeginRelease(stay))
        {
            // It is given up already, and this gateway is about to ask for it again.
            return session.Untold ?? NothingTaken;
        }

        var handover = await GiveUpAsync(session, LocalState.Gone);
        _given.Keep(sessionId, stay, handover);
        Leave(session);
        Log.Released(logger, sessionId, stay);
        return handover;
    }

    public Task<SessionWindow[]> Look(string[] sessionIds) =>
        Task.FromResult<SessionWindow[]>([.. sessionIds.Select(id => _sessions.GetValueOrDefault(id)?.Look(time)).OfType<SessionWindow>()]);

    /// <summary>
    /// Stops taking messages for a session and tells what it got. A write under way is waited for, since what it carries
    /// would otherwise be delivered twice.
    /// </summary>
    public async Task<SessionHandover> GiveUpAsync(LocalSession session, LocalState state)
    {
        session.BeginLeaving();
        try
        {
            await session.WhenWritten().WaitAsync(WritePatience, time);
        }
        catch (TimeoutException)
        {
            // A reader that stopped reading: what it may have got, it may get again.
        }

        return session.GiveUp(state);
    }

    /// <summary>Another gateway has a session.</summary>
    public void Leave(LocalSession session)
    {
        session.GiveUp(LocalState.Gone);
        Remove(session);
        session.Protocol?.Released(session);
    }

    /// <summary>Forgets a session.</summary>
    public void Remove(LocalSession session)
    {
        if (_sessions.TryRemove(KeyValuePair.Create(session.Id, session)))
        {
            session.BeginLeaving();
            session.Place?.Dispose();
        }
    }

    /// <summary>Forgets what is no session, or none any more.</summary>
    public void Discard(LocalSession session)
    {
        Remove(session);
        session.GiveUp(LocalState.Gone);
    }

    /// <summary>The silo says that a session ended.</summary>
    public void EndedBySilo(LocalSession session, SessionEnd reason)
    {
        session.EndedBy = reason;
        Discard(session);
        session.Protocol?.Ended(session, reason);
    }

    /// <summary>A session missed messages that no log holds any more.</summary>
    public void GapSeen(LocalSession session, ChannelCursor gap)
    {
        metrics.GapsTold.Add(1);
        session.NoteGap(gap);
    }

    /// <summary>A direct message crossed the session's leaving: back to its grain.</summary>
    public void Return(string tenant, string sessionId, DirectMessage message)
    {
        Log.DirectReturned(logger, sessionId);
        cluster.GetGrain<ISessionGrain>(SessionId.ToKey(tenant, sessionId)).Deliver(message).Ignore();
    }

    /// <summary>Whether a silo asked for a session and was told what a stay here gave it.</summary>
    public bool HasGiven(string sessionId, long stay) => _given.Find(sessionId, stay) is not null;

    /// <summary>
    /// A session joined for a stay that is none here: the call that asked for it was held up on its way, by a silo that stood still for example, and the
    /// client has gone on since. Its silo hears that nothing was taken, as often as it takes; until then nothing from that frame on is acknowledged.
    /// </summary>
    public async Task DisownAsync(SiloReceiver receiver, LinkFrame join, long number)
    {
        metrics.StaysDisowned.Add(1);
        while (!receiver.IsGivenUp)
        {
            try
            {
                await cluster.GetGrain<ISessionGrain>(SessionId.ToKey(join.Tenant, join.Session!)).Park(Address.Id, join.Stay, NothingTaken, DisownedLifetime);
                break;
            }
            catch (Exception exception)
            {
                Log.NotDisowned(logger, join.Session!, exception.Message);
            }

            await Task.Delay(DisownPause, time);
        }

        receiver.Disowned(number);
    }

    /// <summary>Forgets what nobody will ask for any more.</summary>
    public void Sweep()
    {
        _given.Sweep();
        foreach (var silo in _receivers.Where(known => known.Value.IsGivenUp && time.GetSteadyNow() - known.Value.HeardAt > SiloMemory))
        {
            _receivers.TryRemove(silo);
        }
    }

    /// <summary>
    /// Gives a silo up that fell silent: its sessions are to be attached again, wherever they are by then. Should it wake, it must begin anew,
    /// as it takes them for joined still.
    /// </summary>
    public static void Drop(SiloReceiver receiver) => receiver.GiveUp();

    private SiloReceiver ReceiverOf(LinkBatch batch)
    {
        while (true)
        {
            var receiver = _receivers.GetOrAdd(
                batch.Silo, static (silo, state) => new SiloReceiver(silo, state.Link, state.Time, state.Self, state.Self.Metrics),
                (batch.Link, Time: time, Self: this));
            if (receiver.Link >= batch.Link)
            {
                return receiver;
            }

            // The silo had given this gateway up, or was refused, and begins anew.
            Drop(receiver);
            _receivers.TryRemove(KeyValuePair.Create(receiver.Silo, receiver));
        }
    }

    private GatewayMetrics Metrics => metrics;

    /// <summary>Unlike any other's, and to be recognised: administrators name gateways by it.</summary>
    private static string NewId() => $"{Environment.MachineName}-{Guid.NewGuid().ToString("N")[..12]}";

    private static partial class Log
    {
        [LoggerMessage(2102, LogLevel.Debug, "Session {Session} was released from stay {Stay}")]
        public static partial void Released(ILogger logger, string session, long stay);

        [LoggerMessage(2103, LogLevel.Debug, "The silo of session {Session} could not be told that the session is not here, which is tried again: {Reason}")]
        public static partial void NotDisowned(ILogger logger, string session, string reason);

        [LoggerMessage(2101, LogLevel.Debug, "A direct message for session {Session} went back to its grain")]
        public static partial void DirectReturned(ILogger logger, string session);
    }
}
