using System.Security.Claims;
using Tidings.Gateway.Identity;

namespace Tidings.Gateway.Sessions;

/// <summary>
/// The one door from front ends into the session core. Front ends know sessions by their secret ids and never call a grain. Every call
/// says who asks: a session of somebody else does not exist.
/// </summary>
internal sealed partial class SessionDoor(
    IClusterClient cluster, GatewayHub hub, PublishLanes lanes, SessionOwners owners, TimeProvider time, GatewayMetrics metrics, ILogger<SessionDoor> logger)
{
    /// <summary>Begins a session that this gateway holds.</summary>
    /// <returns>Its secret id and itself; null when its tenant has too many sessions.</returns>
    /// <param name="tenant">The tenant.</param>
    /// <param name="description">The session, without an owner.</param>
    /// <param name="protocol">What its protocol keeps with it.</param>
    /// <param name="user">Who opens it.</param>
    /// <param name="byHandshake">Whether <paramref name="user"/> is known by what the handshake said alone; then later requests need only name the session.</param>
    public async Task<(string Secret, LocalSession Session)?> OpenAsync(
        string tenant, SessionDescription description, IProtocolSession protocol, ClaimsPrincipal user, bool byHandshake = false)
    {
        var secret = byHandshake ? SessionId.NewSecret(tenant) : SessionId.NewSecret();
        description = description with { Owner = SessionOwners.OwnerOf(user, byHandshake) };
        var session = hub.Add(tenant, SessionId.PublicOf(secret));
        owners.Bind(session, user);
        session.Description = description;
        session.Protocol = protocol;
        session.LastConnect = time.GetUtcNow();
        session.Deadline = session.LastConnect + description.Lifetime;
        try
        {
            if (await GrainOf(session).Open(description, hub.Address, session.Stay) == OpenStatus.Opened)
            {
                return (secret, session);
            }
        }
        catch
        {
            hub.Remove(session);
            throw;
        }

        hub.Remove(session);
        return null;
    }

    /// <summary>The session of a secret id, if this gateway holds it.</summary>
    public LocalSession? FindLocal(string tenant, string secret) =>
        hub.Find(tenant, SessionId.PublicOf(secret)) is { Description: not null, State: not LocalState.Gone } session ? session : null;

    /// <summary>Looks a session up, wherever it is. Counts as a sign of life of its client.</summary>
    /// <returns>The session, and who speaks for it on behalf of the caller; null if there is none, or none of the caller's.</returns>
    public async ValueTask<(SessionDescription Session, ClaimsPrincipal Speaker)?> TouchAsync(string tenant, string secret, ClaimsPrincipal user)
    {
        var local = FindLocal(tenant, secret);
        if ((local?.Description ?? await GrainOf(tenant, SessionId.PublicOf(secret)).Touch()) is not { } session
            || await owners.SpeakerAsync(tenant, session, user) is not { } speaker)
        {
            return null;
        }

        if (local is not null)
        {
            Touch(local, session.Lifetime);
        }

        return (session, speaker);
    }

    /// <summary>Makes this gateway the one that holds a session.</summary>
    /// <returns>The session; null if there is none, or none of the caller's.</returns>
    public async Task<LocalSession?> AttachAsync(string tenant, string secret, ClaimsPrincipal user, Func<IProtocolSession> protocol)
    {
        if (await TouchAsync(tenant, secret, user) is not var (_, speaker))
        {
            return null;
        }

        if (FindLocal(tenant, secret) is { } local)
        {
            await RenewAsync(local, speaker);
            return await EnsureAttachedAsync(local) ? local : null;
        }

        var session = hub.Add(tenant, SessionId.PublicOf(secret));
        owners.Bind(session, speaker);
        session.Protocol ??= protocol();
        return await EnsureAttachedAsync(session) ? session : null;
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
        session.Description = session.Description with { Owner = owner };
        await GrainOf(session).Renew(owner);
    }

    /// <summary>Attaches a session that lags or waits again; does nothing for one whose messages come by themselves.</summary>
    /// <returns>False when the session is no more.</returns>
    public Task<bool> EnsureAttachedAsync(LocalSession session)
    {
        if (session is { Description: not null, IsPartial: false, IsOrphan: false, State: LocalState.Live or LocalState.Attaching })
        {
            return Task.FromResult(true);
        }

        lock (session.Groups)
        {
            return session.Attaching is { IsCompleted: false } underWay ? underWay : session.Attaching = AttachAsync(session);
        }
    }

    /// <summary>Attaches a session whose silo fell silent, wherever it is by then; tells its client where it is no more.</summary>
    public async Task AdoptAsync(LocalSession session)
    {
        if (session.Attaching is not { IsCompleted: false } && !await EnsureAttachedAsync(session))
        {
            hub.EndedBySilo(session, SessionEnd.Expired);
        }
    }

    private async Task<bool> AttachAsync(LocalSession session)
    {
        SessionHandover? handover = null;
        if (session.Description is not null)
        {
            await session.WhenWritten();
            handover = session.GiveUp(LocalState.Parked);
        }

        session.Reattach();
        var result = await GrainOf(session).Attach(hub.Address, session.Stay, handover);
        if (result.Description is null)
        {
            hub.Remove(session);
            return false;
        }

        session.HandoverTold();
        session.IsOrphan = false;
        session.LastConnect = time.GetUtcNow();
        session.Deadline ??= session.LastConnect + result.Description.Lifetime;
        session.IsPartial = !result.Live;
        session.Started |= result.Started;
        session.Description = result.Description;
        return true;
    }

    /// <summary>Gives a session back to its silo: its client takes nothing, and what waits is better kept in the log.</summary>
    public async Task ParkAsync(LocalSession session)
    {
        metrics.Parked.Add(1);
        var lifetime = session.Deadline is { } deadline && deadline - time.GetUtcNow() is { Ticks: > 0 } left
            ? left
            : session.Description?.Lifetime ?? TimeSpan.Zero;
        var stay = session.Stay;
        var handover = await hub.GiveUpAsync(session, LocalState.Parked);
        try
        {
            await GrainOf(session).Park(hub.Address.Id, stay, handover, lifetime);
            if (session.State == LocalState.Parked && session.Stay == stay)
            {
                // Nobody came back meanwhile.
                hub.Remove(session);
            }
        }
        catch (Exception exception)
        {
            Log.ParkFailed(logger, session.Id, exception);
        }
    }

    public async Task<SubscribeStatus> SubscribeAsync(string tenant, string secret, string[] subscriptions) =>
        await GrainOf(tenant, SessionId.PublicOf(secret)).Subscribe(subscriptions);

    public async Task<SubscribeStatus> UnsubscribeAsync(string tenant, string secret, string[] subscriptions) =>
        await GrainOf(tenant, SessionId.PublicOf(secret)).Unsubscribe(subscriptions);

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

        return await GrainOf(tenant, sessionId).Close(reason);
    }

    /// <summary>A sign of life that is no connect prolongs a session, but not for ever.</summary>
    private void Touch(LocalSession session, TimeSpan lifetime)
    {
        if (session.Deadline is { } deadline)
        {
            var later = time.GetUtcNow() + lifetime;
            session.Deadline = later > deadline ? Earlier(later, session.LastConnect + (lifetime * LongestWithoutConnect)) : deadline;
        }
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    /// <summary>A client that talks but never connects again is gone after this many lifetimes.</summary>
    private const int LongestWithoutConnect = 3;

    private ISessionGrain GrainOf(LocalSession session) => cluster.GetGrain<ISessionGrain>(session.GrainKey);

    private ISessionGrain GrainOf(string tenant, string sessionId) => cluster.GetGrain<ISessionGrain>(SessionId.ToKey(tenant, sessionId));

    private static partial class Log
    {
        [LoggerMessage(2111, LogLevel.Warning, "Session {Session} could not be given back to its silo")]
        public static partial void ParkFailed(ILogger logger, string session, Exception exception);
    }
}
