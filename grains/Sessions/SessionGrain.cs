using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tidings.Grains.Fanout;

namespace Tidings.Grains.Sessions;

/// <inheritdoc cref="ISessionGrain"/>
/// <remarks>Deliveries do not pass through the grain, so its activation is kept until the session ends.</remarks>
[KeepAlive]
internal sealed partial class SessionGrain(SiloFanout fanout, IOptions<TidingsLimits> limits, ILogger<SessionGrain> logger) : Grain, ISessionGrain
{
    private static readonly TimeSpan ReleasePatience = TimeSpan.FromSeconds(2);

    private SessionDescription? _description;
    private Mailbox? _mailbox;
    private GatewayAddress? _holder;
    private bool _started;

    public Task<OpenStatus> Open(SessionDescription description, GatewayAddress gateway, long stay)
    {
        var key = this.GetPrimaryKeyString();
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        _mailbox = fanout.Open(key[..slash], key[(slash + 1)..], description.Lifetime, gateway, stay);
        if (_mailbox is null)
        {
            DeactivateOnIdle();
            return Task.FromResult(OpenStatus.TooManySessions);
        }

        _description = description;
        _holder = gateway;
        return Task.FromResult(OpenStatus.Opened);
    }

    public async Task<AttachResult> Attach(GatewayAddress gateway, long stay, SessionHandover? handover)
    {
        if (!Exists(out var mailbox))
        {
            return new AttachResult(null, false, false);
        }

        if (_holder is { } holder)
        {
            if (holder.Id == gateway.Id && stay < mailbox.Stay)
            {
                // A late call: the gateway has asked again since.
                return new AttachResult(_description, true, _started);
            }

            var given = holder.Id == gateway.Id ? handover : await ReleaseAsync(holder, mailbox.Stay);
            fanout.Detach(mailbox, holder.Id, given);
            _started |= given is { Started: true };
        }

        _holder = gateway;
        fanout.BeginStay(mailbox, stay);
        return new AttachResult(_description, await fanout.AttachAsync(mailbox, gateway), _started);
    }

    public Task Park(string gatewayId, long stay, SessionHandover handover, TimeSpan lifetime)
    {
        // A client may have come back to the same gateway meanwhile.
        if (Exists(out var mailbox) && _holder?.Id == gatewayId && mailbox.Stay == stay)
        {
            fanout.Detach(mailbox, gatewayId, handover);
            fanout.SetDeadline(mailbox, lifetime);
            _started |= handover.Started;
            _holder = null;
        }

        return Task.CompletedTask;
    }

    public Task<SessionDescription?> Touch()
    {
        if (Exists(out var mailbox))
        {
            fanout.Touch(mailbox);
        }

        return Task.FromResult(_description);
    }

    public async Task<SubscribeStatus> Subscribe(string[] subscriptions)
    {
        if (!Exists(out var mailbox))
        {
            return SubscribeStatus.UnknownSession;
        }

        var wanted = subscriptions.Distinct(StringComparer.Ordinal).Where(name => !mailbox.Subscriptions.ContainsKey(name)).ToArray();
        if (mailbox.Subscriptions.Count + wanted.Length > limits.Value.SubscriptionsPerSession)
        {
            return SubscribeStatus.TooMany;
        }

        fanout.Touch(mailbox);
        if (wanted.Length == 0)
        {
            return SubscribeStatus.Done;
        }

        try
        {
            fanout.Subscribe(mailbox, await fanout.AcquireAsync(mailbox.Tenant, wanted));
            return SubscribeStatus.Done;
        }
        catch (Exception exception)
        {
            Log.SubscribeFailed(logger, mailbox.SessionId, exception);
            return SubscribeStatus.Unavailable;
        }
    }

    public Task<SubscribeStatus> Unsubscribe(string[] subscriptions)
    {
        if (!Exists(out var mailbox))
        {
            return Task.FromResult(SubscribeStatus.UnknownSession);
        }

        fanout.Touch(mailbox);
        fanout.Unsubscribe(mailbox, subscriptions);
        return Task.FromResult(SubscribeStatus.Done);
    }

    public Task<string[]?> Subscriptions() => Task.FromResult(Exists(out var mailbox) ? mailbox.Subscriptions.Keys.ToArray() : null);

    public Task<bool> Deliver(DirectMessage message)
    {
        if (!Exists(out var mailbox))
        {
            return Task.FromResult(false);
        }

        fanout.Deliver(mailbox, message);
        return Task.FromResult(true);
    }

    public Task<bool> Renew(SessionOwner owner)
    {
        var isOwner = Exists(out _) && _description!.Owner is { } known && known.User == owner.User;
        if (isOwner)
        {
            _description = _description! with { Owner = owner };
        }

        return Task.FromResult(isOwner);
    }

    public Task<bool> Close(SessionEnd reason)
    {
        if (!Exists(out var mailbox))
        {
            return Task.FromResult(false);
        }

        fanout.Close(mailbox, _holder, reason);
        _mailbox = null;
        _description = null;
        DeactivateOnIdle();
        return Task.FromResult(true);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_mailbox is { } mailbox)
        {
            fanout.Close(mailbox, _holder, SessionEnd.Expired);
        }

        return Task.CompletedTask;
    }

    /// <summary>Whether there is a session. A call to an id that never was one must leave no activation behind.</summary>
    private bool Exists([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Mailbox? mailbox)
    {
        mailbox = _mailbox;
        if (mailbox is null)
        {
            DeactivateOnIdle();
        }

        return mailbox is not null;
    }

    /// <summary>Asks the gateway that has the session what it delivered; one that is gone counts as having delivered what it acknowledged.</summary>
    private async Task<SessionHandover?> ReleaseAsync(GatewayAddress holder, long stay)
    {
        if (!fanout.IsReachable(holder))
        {
            return null;
        }

        try
        {
            return await holder.Observer.Release(_mailbox!.SessionId, stay).WaitAsync(ReleasePatience);
        }
        catch (Exception exception)
        {
            Log.ReleaseFailed(logger, holder.Id, exception);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1401, LogLevel.Warning, "Session {Session} could not subscribe")]
        public static partial void SubscribeFailed(ILogger logger, string session, Exception exception);

        [LoggerMessage(1402, LogLevel.Warning, "Gateway {Gateway} did not hand a session over")]
        public static partial void ReleaseFailed(ILogger logger, string gateway, Exception exception);
    }
}
