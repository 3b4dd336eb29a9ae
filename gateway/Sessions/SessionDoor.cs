using System.Net;
using System.Security.Claims;
using Tidings.Gateway.Identity;

namespace Tidings.Gateway.Sessions;

/// <summary>
/// The one door from front ends into the session core. Front ends know sessions by their secret ids and never call a grain. Every call
/// says who asks: a session of somebody else does not exist.
/// </summary>
internal sealed partial class SessionDoor(
    IClusterClient cluster,
    GatewayHub hub,
    PublishLanes lanes,
    SessionOwners owners,
    IdentityAudit audit,
    TimeProvider time,
    GatewayMetrics metrics,
    ILogger<SessionDoor> logger)
{
    /// <summary>Sessions of a lost silo that are attached anew at the same time: the rest waits, so that nobody else has to.</summary>
    private const int AdoptedAtOnce = 256;

    /// <summary>How long a client is kept waiting for a session whose silo is away, before it is told to try again.</summary>
    private static readonly TimeSpan CallPatience = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan CallPause = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _adopting = new(AdoptedAtOnce);

    /// <summary>Begins a session that this gateway holds.</summary>
    /// <returns>Its secret id and itself; null when its tenant has too many sessions.</returns>
    /// <param name="tenant">The tenant.</param>
    /// <param name="description">The session, without an owner.</param>
    /// <param name="protocol">What its protocol keeps with it.</param>
    /// <param name="user">Who opens it.</param>
    /// <param name="place">What it takes up here; disposed when it ends or leaves.</param>
    /// <param name="byHandshake">Whether <paramref name="user"/> is known by what the handshake said alone; then later requests need only name the session.</param>
    public async Task<(string Secret, LocalSession Session)?> OpenAsync(
        string tenant, SessionDescription description, IProtocolSession protocol, ClaimsPrincipal user, IDisposable? place = null, bool byHandshake = false)
    {
        var secret = byHandshake ? SessionId.NewSecret(tenant) : SessionId.NewSecret();
        description = description with { Owner = SessionOwners.OwnerOf(user, byHandshake), Opened = time.GetUtcNow().ToUnixTimeMilliseconds() };
        var session = hub.Add(tenant, SessionId.PublicOf(secret));
        owners.Bind(session, user);
        session.Place = place;
        session.Begin(description, protocol, time.GetSteadyNow());
        try
        {
            if (await GrainOf(session).Open(description, hub.Address, session.Stay) == OpenStatus.Opened)
            {
                TellOf(description, user);
                return (secret, session);
            }
        }
        catch
        {
            hub.Discard(session);
            throw;
        }

        hub.Discard(session);
        return null;
    }

    /// <summary>Whatever the front end, to begin a session is to log in.</summary>
    private void TellOf(SessionDescription session, ClaimsPrincipal user)
    {
        if (CallerIdentity.Of(user)?.Caller is { } caller)
        {
            audit.LoggedIn(session.Protocol, caller, IPAddress.TryParse(session.Peer, out var address) ? address : null);
        }
    }

    /// <summary>A session's client has come for its messages.</summary>
    public void Connected(LocalSession session) => metrics.Connected(session);

    /// <summary>The session of a secret id, if this gateway holds it.</summary>
    public LocalSession? FindLocal(string tenant, string secret) =>
        hub.Find(tenant, SessionId.PublicOf(secret)) is { Description: not null, State: not LocalState.Gone } session ? session : null;

    /// <summary>Looks a session up, wherever it is. Counts as a sign of life of its client.</summary>
    /// <returns>The session, and who speaks for it on behalf of the caller; null if there is none, or none of the caller's.</returns>
    public ValueTask<(SessionDescription Session, ClaimsPrincipal Speaker)?> TouchAsync(string tenant, string secret, ClaimsPrincipal user) =>
        FindLocal(tenant, secret) is { } local ? TouchAsync(local, user) : TouchElsewhereAsync(tenant, secret, user);

    /// <summary>As above, for a session that is known to be held here.</summary>
    public async ValueTask<(SessionDescription Session, ClaimsPrincipal Speaker)?> TouchAsync(LocalSession local, ClaimsPrincipal user)
    {
        var session = local.Description!;
        if (await owners.SpeakerAsync(local.Tenant, session, user) is not { } speaker)
        {
            return null;
        }

        Touch(local, session.Lifetime);
        return (session, speaker);
    }

    private async ValueTask<(SessionDescription Session, ClaimsPrincipal Speaker)?> TouchElsewhereAsync(string tenant, string secret, ClaimsPrincipal user) =>
        await PatientlyAsync(() => GrainOf(tenant, SessionId.PublicOf(secret)).Touch()) is { } session
            && await owners.SpeakerAsync(tenant, session, user) is { } speaker
            ? (session, speaker)
            : null;

    /// <summary>Makes this gateway the one that holds a session.</summary>
    /// <returns>The session, which another gateway may have taken already; null if there is none, or none of the caller's, or of another protocol.</returns>
    public async Task<LocalSession?> AttachAsync(string tenant, string secret, ClaimsPrincipal user, string protocolName, Func<IProtocolSession> protocol)
    {
        if (FindLocal(tenant, secret) is null && ClaimOf(secret, user, protocolName) is { } claim)
        {
            if (!await owners.IsCurrentAsync(user))
            {
                return null;
            }

            var (presence, claimed) = await ClaimAsync(tenant, secret, user, claim, protocol);
            if (presence == Presence.Unknown)
            {
                return null;
            }

            if (presence == Presence.Here)
            {
                await RenewAsync(claimed, user);
                return claimed;
            }
        }

        return await AttachKnownAsync(tenant, secret, user, protocolName, protocol);
    }

    /// <summary>As above, for a session that is held here, or whose owner is to be looked at first.</summary>
    private async Task<LocalSession?> AttachKnownAsync(string tenant, string secret, ClaimsPrincipal user, string protocolName, Func<IProtocolSession> protocol)
    {
        if (await TouchAsync(tenant, secret, user) is not var (description, speaker) || description.Protocol != protocolName)
        {
            return null;
        }

        while (true)
        {
            var session = hub.Add(tenant, SessionId.PublicOf(secret));
            if (session.User is null)
            {
                // Before anything is delivered.
                owners.Bind(session, speaker);
            }

            session.Protocol ??= protocol();
            var presence = await PatientlyAsync(() => EnsureAttachedAsync(session));
            if (presence == Presence.Here)
            {
                await RenewAsync(session, speaker);
            }

            if (presence != Presence.Left)
            {
                return presence == Presence.Unknown ? null : session;
            }
        }
    }

    /// <summary>The owner of a session shows fresh credentials: it lives as long as these from now on.</summary>
    public async ValueTask RenewAsync(LocalSession session, ClaimsPrincipal user)
    {
        if (session.Description?.Owner is not { } known || CallerIdentity.Of(user)?.Caller is not { } caller
            || (caller.Expires == known.Expires && caller.Credential == known.Credential) || caller.Expires < known.Expires)
        {
            return;
        }

        owners.Bind(session, user);
        var owner = SessionOwners.OwnerOf(user, known.ByHandshake)!;
        session.Renewed(owner);
        await GrainOf(session).Renew(owner);
    }

    public async Task<SubscribeStatus> SubscribeAsync(string tenant, string secret, string[] subscriptions) =>
        await PatientlyAsync(() => GrainOf(tenant, SessionId.PublicOf(secret)).Subscribe(subscriptions));

    /// <summary>Subscribes to channels from places in their logs on.</summary>
    public Task<ReplayResult> ReplayAsync(string tenant, string secret, ReplayFrom[] channels) => FindLocal(tenant, secret) is { } local
        ? local.InTurn(() => ReplayInTurnAsync(local, channels))
        : PatientlyAsync(() => GrainOf(tenant, SessionId.PublicOf(secret)).Replay(channels));

    /// <summary>The frame that restarts the session may come after its client's next connect, which must not bring what waits here as well.</summary>
    private async Task<ReplayResult> ReplayInTurnAsync(LocalSession session, ReplayFrom[] channels)
    {
        var stay = session.Stay;
        var result = await PatientlyAsync(() => GrainOf(session).Replay(channels));
        if (result is { Status: SubscribeStatus.Done, Invalid: null })
        {
            // What is wanted from now on begins by a frame, as with any subscribe.
            session.Restart([.. channels.Where(static channel => channel.After != ReplayFrom.New).Select(static channel => channel.Channel)], stay);
        }

        return result;
    }

    public async Task<SubscribeStatus> UnsubscribeAsync(string tenant, string secret, string[] subscriptions) =>
        await PatientlyAsync(() => GrainOf(tenant, SessionId.PublicOf(secret)).Unsubscribe(subscriptions));

    /// <summary>Replaces the notes of a session that this gateway holds; whoever holds it next gets them. False if there is no such session.</summary>
    public Task<bool> NoteAsync(LocalSession session, byte[] notes)
    {
        session.Note(notes);
        return GrainOf(session).Note(notes);
    }

    /// <summary>Publishes; completes when the channel's log has the message.</summary>
    public Task<PublishResult> PublishAsync(ChannelId channel, PublishItem item) => lanes.PublishAsync(channel, item);

    /// <summary>Queues a message for one session alone. False if there is no such session.</summary>
    public async Task<bool> DeliverAsync(string tenant, string sessionId, DirectMessage message) =>
        await GrainOf(tenant, sessionId).Deliver(message);

    /// <summary>Ends a session. False if there was none.</summary>
    public async Task<bool> CloseAsync(string tenant, string sessionId, SessionEnd reason)
    {
        if (hub.Find(tenant, sessionId) is { } local)
        {
            hub.EndedBySilo(local, reason);
        }

        // A silo that is not told would take the session for held, and keep it as long as this gateway lives.
        return await PatientlyAsync(() => GrainOf(tenant, sessionId).Close(reason));
    }

    /// <summary>A sign of life that is no connect prolongs a session, but not for ever.</summary>
    private void Touch(LocalSession session, TimeSpan lifetime)
    {
        if (session.Deadline is { } deadline)
        {
            var later = time.GetSteadyNow() + lifetime;
            session.Deadline = later > deadline ? Earlier(later, session.LastConnect + (lifetime * LongestWithoutConnect)) : deadline;
        }
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    /// <summary>A client that talks but never connects again is gone after this many lifetimes.</summary>
    private const int LongestWithoutConnect = 3;

    /// <summary>Repeats a call, which must be one that may be, while the session's silo is away: it goes on at another within seconds.</summary>
    private async Task<T> PatientlyAsync<T>(Func<Task<T>> call)
    {
        for (var start = time.GetTimestamp(); ;)
        {
            try
            {
                return await call();
            }
            catch (Exception exception) when (time.GetElapsedTime(start) < CallPatience)
            {
                Log.CalledAgain(logger, exception.Message);
            }

            await Task.Delay(CallPause, time);
        }
    }

    private ISessionGrain GrainOf(LocalSession session) => cluster.GetGrain<ISessionGrain>(session.GrainKey);

    private ISessionGrain GrainOf(string tenant, string sessionId) => cluster.GetGrain<ISessionGrain>(SessionId.ToKey(tenant, sessionId));

    private static partial class Log
    {
        [LoggerMessage(2112, LogLevel.Debug, "Session {Session} was attached for stay {Stay}: known {Known}, live {Live}")]
        public static partial void Attached(ILogger logger, string session, long stay, bool known, bool live);

        [LoggerMessage(2114, LogLevel.Debug, "Session {Session} could not be attached anew, which is tried again: {Reason}")]
        public static partial void NotAdopted(ILogger logger, string session, string reason);

        [LoggerMessage(2115, LogLevel.Debug, "A session's silo does not answer, it is called again: {Reason}")]
        public static partial void CalledAgain(ILogger logger, string reason);

        [LoggerMessage(2113, LogLevel.Debug, "Session {Session} was parked after stay {Stay}")]
        public static partial void Parked(ILogger logger, string session, long stay);

        [LoggerMessage(2111, LogLevel.Warning, "Session {Session} could not be given back to its silo")]
        public static partial void ParkFailed(ILogger logger, string session, Exception exception);
    }
}

/// <summary>Whether a session is at this gateway.</summary>
internal enum Presence
{
    /// <summary>It is, or another gateway took it just now.</summary>
    Here,

    /// <summary>It was parked meanwhile: it is to be looked up again.</summary>
    Left,

    /// <summary>There is no such session.</summary>
    Unknown,

    /// <summary>Its owner showed credentials at the handshake alone: they are to be looked at before it comes here.</summary>
    Unproven,
}
