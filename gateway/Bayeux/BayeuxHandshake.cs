using Microsoft.Extensions.Options;
using Tidings.Gateway.Authorization;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>The handshake: begins a session that this gateway holds.</summary>
internal sealed class BayeuxHandshake(
    SessionDoor door, BayeuxCallers callers, BayeuxExtensions extensions, AuthorizationService authorization, IOptionsMonitor<BayeuxOptions> options,
    RateBook rates, GatewayMetrics metrics)
{
    private const string Version = "1.0";

    public async ValueTask<BayeuxMessage?> ProcessAsync(BayeuxCall call, BayeuxAnswer answer, BayeuxMessage message)
    {
        if (Refuse(call.Dialect, message) is { } error)
        {
            return BayeuxReplies.Failure(message, error, BayeuxReplies.None);
        }

        if (call.Rates.Handshake() is { } tooMany)
        {
            return BayeuxReplies.TooMany(call.Dialect, message, tooMany);
        }

        var context = call.Exchange.HttpContext;
        var before = context.User;
        if (await callers.HandshakeAsync(call, message) is { } refusal)
        {
            return Denied(call.Dialect, message, refusal);
        }

        if (!ReferenceEquals(context.User, before))
        {
            // The message said who it is: counted so far is the address.
            call.Rates = rates.Of(context);
            if (call.Rates.OfSpeaker.Handshake() is { } tooManyOfTheirs)
            {
                return BayeuxReplies.TooMany(call.Dialect, message, tooManyOfTheirs);
            }
        }

        var decision = await authorization.DecideAsync(call, message, AuthorizationAction.Handshake, channel: null, call.Aborted);
        return decision.IsAllowed ? await OpenAsync(call, answer, message) : Denied(call.Dialect, message, decision);
    }

    private static string? Refuse(BayeuxDialect dialect, BayeuxMessage message) =>
        dialect.IsLenient ? null
        : message.Version is null ? BayeuxErrors.VersionMissing
        : message.SupportedConnectionTypes is null ? BayeuxErrors.SupportedConnectionTypesMissing
        : !message.SupportedConnectionTypes.Any(dialect.ConnectionTypes.Contains) ? BayeuxErrors.ConnectionTypesUnsupported(message.SupportedConnectionTypes)
        : null;

    private static BayeuxMessage Denied(BayeuxDialect dialect, BayeuxMessage message, AuthorizationDecision decision)
    {
        var reply = BayeuxReplies.Failure(
            message,
            decision.Reason is null ? dialect.HandshakeDenied : BayeuxErrors.HandshakeDeniedBecause(decision.Reason),
            new BayeuxAdvice { Reconnect = decision.Reconnect ?? "none", Interval = (long)decision.ReconnectInterval.TotalMilliseconds });
        reply.Ext = decision.Ext;
        return reply;
    }

    private async Task<BayeuxMessage?> OpenAsync(BayeuxCall call, BayeuxAnswer answer, BayeuxMessage message)
    {
        var current = options.CurrentValue;
        var browser = call.Socket is null && current.BrowserCookie.Enabled ? call.Browser ?? SessionId.NewSecret() : null;
        var description = new SessionDescription
        {
            Protocol = BayeuxSession.Protocol,
            Lifetime = call.Dialect.MaxInterval,
            Browser = browser,
            Peer = call.Exchange.HttpContext.Peer(),
            Acknowledges = BayeuxExt.Asks(message.Ext, "ack"u8),
            Replays = call.Dialect.OffersReplay && BayeuxExt.Asks(message.Ext, "replay"u8),
        };
        var bayeux = new BayeuxSession();
        var user = call.Exchange.HttpContext.User;
        if (!call.Rates.TryEnterSession(out var place)
            || await door.OpenAsync(call.Tenant, description, bayeux, user, place, call.ByHandshake) is not var (secret, session))
        {
            return BayeuxReplies.Failure(message, "429::too_many_sessions", BayeuxReplies.None);
        }

        call.NewBrowser = browser != call.Browser ? browser : null;
        call.ClientId = secret;
        call.Exchange.SessionId = session.Id;
        call.Socket?.Begin(secret, session);

        var reply = BayeuxReplies.Success(message);
        reply.ClientId = secret;
        reply.Version = Version;
        reply.MinimumVersion = Version;
        reply.SupportedConnectionTypes = call.Dialect.ConnectionTypes;
        reply.Advice = BayeuxReplies.Retry(call.Dialect);
        reply.Ext = BayeuxExt.Agree(description.Acknowledges, description.Replays);
        await extensions.OutgoingAsync(call.Exchange, message, reply);
        AddQueued(call, answer, session, reply, current);
        answer.Replies.Add(reply);
        return null;
    }

    /// <summary>Messages queued during the handshake go with its reply if the option says so, otherwise with the first connect.</summary>
    private void AddQueued(BayeuxCall call, BayeuxAnswer answer, LocalSession session, BayeuxMessage reply, BayeuxOptions current)
    {
        var queued = call.Exchange.Directs;
        if (!current.AllowMessageDeliveryDuringHandshake)
        {
            foreach (var direct in queued)
            {
                metrics.CountDirectsDropped(session.Enqueue(new DirectItem(direct) { Frame = 0 }) ?? 1);
            }

            return;
        }

        answer.WithHandshake.AddRange(queued);
        reply.Extras = System.Text.Encoding.ASCII.GetBytes($"\"x-messages\":{queued.Count}");
    }
}
