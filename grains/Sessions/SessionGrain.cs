using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tidings.Grains.Fanout;

namespace Tidings.Grains.Sessions;

/// <inheritdoc cref="ISessionGrain"/>
/// <remarks>
/// Deliveries do not pass through the grain, so its activation is kept until the session ends. Activated anew, on another silo, it takes the
/// session up from its record when it is first asked about it.
/// </remarks>
[KeepAlive]
internal sealed partial class SessionGrain(
    SiloFanout fanout, ISessionStore store, ISessionObserver observer, IOptions<TidingsLimits> limits, TimeProvider time, ILogger<SessionGrain> logger) : Grain, ISessionGrain
{
    private const int ReleaseAttempts = 4;
    private static readonly TimeSpan ReleasePatience = TimeSpan.FromMilliseconds(700);

    private SessionDescription? _description;
    private Mailbox? _mailbox;
    private GatewayAddress? _holder;
    private bool _started;

    public async Task<OpenStatus> Open(SessionDescription description, GatewayAddress gateway, long stay)
    {
        var (tenant, id) = Key();
        _mailbox = fanout.Open(tenant, id, description.Lifetime, gateway, stay);
        if (_mailbox is null)
        {
            DeactivateOnIdle();
            return OpenStatus.TooManySessions;
        }

        (_description, _holder, _owner) = (description, Known(_mailbox, gateway), 1);
        try
        {
            // Before the client hears of its session, so that whoever observes sessions never hears of their end first.
            if (await observer.OpenedAsync(tenant, id, description) is not { } number)
            {
                Discard();
                return OpenStatus.Refused;
            }

            _description = _mailbox.Description = Describe(description, number);
            await WriteAsync();
            return OpenStatus.Opened;
        }
        catch
        {
            if (_mailbox is not null)
            {
                observer.Ended(tenant, id, _description, SessionEnd.Kicked);
                Discard();
            }

            throw;
        }
    }

    /// <summary>What is kept of a description that a call brought: there are many sessions and few protocols.</summary>
    private static SessionDescription Describe(SessionDescription said, long number)
    {
        var protocol = string.Intern(said.Protocol);
        return ReferenceEquals(protocol, said.Protocol) && number == said.Number ? said : said with { Protocol = protocol, Number = number };
    }

    /// <summary>A gateway's address as the silo has it already: every call brings a copy, and there are few gateways.</summary>
    private static GatewayAddress Known(Mailbox mailbox, GatewayAddress said) =>
        mailbox.Link is { } link && link.GatewayId == said.Id ? link.Gateway : said;

    /// <summary>A session that never came to be.</summary>
    private void Discard()
    {
        fanout.Close(_mailbox!, null, SessionEnd.Kicked);
        Forget();
    }

    public async Task<AttachResult> Attach(GatewayAddress gateway, long stay, SessionHandover? handover, bool onlyIfFree)
    {
        if (await FindAsync(handover is { CompleteUntil: not null } ? handover : null) is not { } mailbox)
        {
            return new AttachResult(null, false, false);
        }

        if (_holder is { } holder)
        {
            var isHere = holder.Id == gateway.Id;
            if (onlyIfFree && !isHere)
            {
                return new AttachResult(_description, false, _started, Elsewhere: true);
            }

            if (isHere && stay < mailbox.Stay)
            {
                // A late call: the gateway has asked again since.
                return new AttachResult(_description, true, _started);
            }

            var given = isHere ? handover : await ReleaseAsync(holder, mailbox.Stay);
            if (given is null && !isHere)
            {
                // It may only have been slow, and would go on giving messages to whoever polls there.
                fanout.TellMoved(mailbox, holder);
            }

            fanout.Detach(mailbox, holder.Id, given);
            _started |= given is { Started: true };
        }

        var knows = _holder?.Id == gateway.Id && handover is not { Unanswered: true };
        var (batches, gaps) = knows ? (null, null) : (mailbox.Batches, mailbox.Gaps);
        _holder = gateway;
        fanout.BeginStay(mailbox, stay);
        if (logger.IsEnabled(LogLevel.Debug))
        {
            Log.Attaching(logger, mailbox.SessionId, gateway.Id, stay, fanout.PlacesOf(mailbox));
        }

        var live = await fanout.AttachAsync(mailbox, gateway, handover is { LinkLost: true } ? handover.Link : null);
        _holder = Known(mailbox, gateway);
        return new AttachResult(_description, live, _started, Batches: batches, Gaps: gaps);
    }

    public async Task<AttachResult> Claim(GatewayAddress gateway, long stay, SessionHandover? handover, SessionClaim claim) =>
        await FindAsync() is null ? new AttachResult(null, false, false) : RefusalOf(claim) ?? await Attach(gateway, stay, handover, onlyIfFree: false);

    /// <summary>What somebody is told who may not have the session, or not yet; null for its owner.</summary>
    private AttachResult? RefusalOf(SessionClaim claim)
    {
        var owner = _description!.Owner;
        return claim.Protocol != _description.Protocol ? new AttachResult(null, false, false)
            : claim.User == owner?.User ? null
            : claim.User is null && owner!.ByHandshake ? new AttachResult(_description, false, _started, Unproven: true)
            : new AttachResult(null, false, false);
    }

    public async Task Park(string gatewayId, long stay, SessionHandover handover, TimeSpan lifetime)
    {
        // A client may have come back to the same gateway meanwhile.
        if (await FindAsync() is { } mailbox && _holder?.Id == gatewayId && mailbox.Stay == stay)
        {
            fanout.Detach(mailbox, gatewayId, handover);

            // Where it never came, its client is likely to be at another gateway, and nobody knows how long it has left.
            fanout.SetDeadline(mailbox, handover.Unanswered ? mailbox.Lifetime : lifetime);
            _started |= handover.Started;
            _holder = null;
            await Save();
        }
    }

    public async Task<SessionDescription?> Touch()
    {
        if (await FindAsync() is { } mailbox)
        {
            fanout.Touch(mailbox);
        }

        return _description;
    }

    public async Task<bool> Deliver(DirectMessage message)
    {
        if (await FindAsync() is not { } mailbox)
        {
            return false;
        }

        fanout.Deliver(mailbox, message);
        return true;
    }

    public async Task<bool> Note(byte[] notes)
    {
        if (await FindAsync() is null)
        {
            return false;
        }

        _description = _mailbox!.Description = _description! with { Notes = notes };
        await WriteAsync();
        return true;
    }

    public async Task<bool> Renew(SessionOwner owner)
    {
        if (await FindAsync() is null || _description is not { Owner: { } known } || known.User != owner.User)
        {
            return false;
        }

        _description = _mailbox!.Description = _description with { Owner = owner };
        await Save();
        return true;
    }

    public async Task<bool> Close(SessionEnd reason)
    {
        if (await FindAsync() is not { } mailbox)
        {
            return false;
        }

        fanout.Close(mailbox, _holder, reason);
        observer.Ended(mailbox.Tenant, mailbox.SessionId, _description!, reason);
        Forget();
        await RemoveRecordAsync(mailbox);
        return true;
    }

    public async Task Leave()
    {
        if (_mailbox is { } mailbox)
        {
            await Save();
            fanout.MoveAway(mailbox, _holder);
            Forget();
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_mailbox is not { } mailbox)
        {
            return;
        }

        if (store.IsDurable)
        {
            await Save();
            fanout.MoveAway(mailbox, _holder);
        }
        else
        {
            fanout.Close(mailbox, _holder, SessionEnd.Stopped);
            observer.Ended(mailbox.Tenant, mailbox.SessionId, _description!, SessionEnd.Stopped);
        }
    }

    private (string Tenant, string SessionId) Key()
    {
        var key = this.GetPrimaryKeyString();
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return (key[..slash], key[(slash + 1)..]);
    }

    /// <summary>The session's place here. A call to an id that is no session must leave no activation behind.</summary>
    private async ValueTask<Mailbox?> FindAsync(SessionHandover? handover = null)
    {
        if (_mailbox is null && !await RestoreAsync(handover))
        {
            DeactivateOnIdle();
        }

        return _mailbox;
    }

    private void Forget()
    {
        (_mailbox, _description) = (null, null);
        DeactivateOnIdle();
    }

    /// <summary>Asks the gateway that has the session what it delivered; one that is gone counts as having delivered what it acknowledged.</summary>
    private async Task<SessionHandover?> ReleaseAsync(GatewayAddress holder, long stay)
    {
        fanout.BeginRelease(_mailbox!);
        for (var attempt = 0; attempt < ReleaseAttempts && fanout.IsReachable(holder); attempt++)
        {
            try
            {
                return await holder.Observer.Release(_mailbox!.SessionId, stay).WaitAsync(ReleasePatience, time);
            }
            catch (Exception exception)
            {
                // The answer may be lost although the gateway gave it; it gives the same again.
                Log.ReleaseFailed(logger, holder.Id, exception);
            }
        }

        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(1401, LogLevel.Warning, "Session {Session} could not subscribe")]
        public static partial void SubscribeFailed(ILogger logger, string session, Exception exception);

        [LoggerMessage(1402, LogLevel.Warning, "Gateway {Gateway} did not hand a session over")]
        public static partial void ReleaseFailed(ILogger logger, string gateway, Exception exception);

        [LoggerMessage(1403, LogLevel.Warning, "Where session {Session} stands could not be written down")]
        public static partial void WriteFailed(ILogger logger, string session, Exception exception);

        [LoggerMessage(1405, LogLevel.Debug, "Session {Session} goes to gateway {Gateway} for stay {Stay}, from {Places}")]
        public static partial void Attaching(ILogger logger, string session, string gateway, long stay, string places);

        [LoggerMessage(1404, LogLevel.Warning, "Session {Session} was taken over by another activation")]
        public static partial void Fenced(ILogger logger, string session);
    }
}
