using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>Connects: checks them, says how long they are held, and writes their replies. Holding them is the transport's.</summary>
internal sealed class BayeuxConnects(
    SessionDoor door, BayeuxCallers callers, BayeuxBrowsers browsers, BayeuxExtensions extensions, RateBook rates, IOptionsMonitor<BayeuxOptions> options)
{
    /// <summary>Makes this gateway the one that holds the session of a valid connect.</summary>
    /// <returns>The reply to an invalid one; null leaves the reply to the transport.</returns>
    public async ValueTask<BayeuxMessage?> ProcessAsync(BayeuxCall call, BayeuxAnswer answer, BayeuxMessage message)
    {
        if (message.ConnectionType is null)
        {
            return BayeuxReplies.Failure(message, BayeuxErrors.ConnectionTypeMissing, BayeuxReplies.Handshake);
        }

        if (!call.Dialect.ConnectionTypes.Contains(message.ConnectionType))
        {
            return BayeuxReplies.Failure(message, BayeuxErrors.ConnectionTypesUnsupported(message.ConnectionType), BayeuxReplies.Handshake);
        }

        if (call.Socket is { } socket && options.CurrentValue.RequireHandshakePerConnection && !socket.Began(message.ClientId!))
        {
            return BayeuxReplies.UnknownSession(call.Dialect, message);
        }

        if (!await callers.RenewAsync(call, message))
        {
            return BayeuxReplies.Failure(message, "403::authentication_invalid", BayeuxReplies.Handshake);
        }

        var session = await door.AttachAsync(call.Tenant, message.ClientId!, call.Exchange.HttpContext.User, BayeuxSession.Protocol, static () => new BayeuxSession());
        if (session is null || !browsers.IsOwn(call, session.Description!))
        {
            return BayeuxReplies.UnknownSession(call.Dialect, message);
        }

        if (call.Hear(rates, session.User ?? call.Exchange.HttpContext.User, isPublish: false) is { } tooMuch)
        {
            return BayeuxReplies.TooMany(call.Dialect, message, tooMuch);
        }

        call.Exchange.SessionId = session.Id;
        answer.Connect = new PendingConnect(session, message, HoldOf(call, message, session), LifetimeOf(call.Dialect, message));
        session.Started = true;
        if (session.Description!.Acknowledges)
        {
            session.Acknowledge(BayeuxExt.AckOf(message.Ext));
        }

        return null;
    }

    /// <summary>The reply of a connect that was held, past the extensions. Called after what goes with it was taken for writing.</summary>
    public async ValueTask<BayeuxMessage> ReplyAsync(BayeuxDialect dialect, BayeuxExchange exchange, LocalSession session, BayeuxMessage request, ConnectEnd end)
    {
        var reply = BayeuxReplies.ConnectReply(dialect, request, end);
        var carries = end is ConnectEnd.Deliver or ConnectEnd.Timeout;
        if (carries)
        {
            var batch = session.CloseBatch();
            reply.Ext = BayeuxExt.Write(session.TakeGaps(), batch);
        }

        await extensions.OutgoingAsync(exchange, request, reply);
        return reply;
    }

    private static TimeSpan HoldOf(BayeuxCall call, BayeuxMessage message, LocalSession session)
    {
        if (!call.IsSingle || !session.Started)
        {
            // Clients take the first answer as the sign that the connection works; a batch waits for no one.
            return TimeSpan.Zero;
        }

        return message.Advice?.Timeout is { } milliseconds
            ? TimeSpan.FromMilliseconds(Math.Min(milliseconds, (long)call.Dialect.LongestTimeout.TotalMilliseconds))
            : call.Dialect.Timeout;
    }

    private static TimeSpan LifetimeOf(BayeuxDialect dialect, BayeuxMessage message) =>
        message.Advice?.Interval is > 0 and var milliseconds
            ? TimeSpan.FromMilliseconds(Math.Min(milliseconds, (long)dialect.MaxClientInterval.TotalMilliseconds))
            : dialect.MaxInterval + dialect.Interval;
}
