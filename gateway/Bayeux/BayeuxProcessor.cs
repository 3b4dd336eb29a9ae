using Microsoft.Extensions.Options;
using Tidings.Gateway.Authorization;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>
/// Carries out Bayeux messages, the same for every transport: each message gets one reply, a faulty one costs the others nothing.
/// </summary>
internal sealed partial class BayeuxProcessor(
    SessionDoor door,
    BayeuxCallers callers,
    BayeuxReplies replies,
    BayeuxHandshake handshake,
    BayeuxSubscriptions subscriptions,
    BayeuxServices services,
    BayeuxExtensions extensions,
    IAuthorizationPolicy policy,
    IOptionsMonitor<BayeuxOptions> options,
    IOptions<TidingsLimits> limits,
    ILogger<BayeuxProcessor> logger)
{
    /// <summary>Whether publishes start, in order, unless a call says that it waited; extensions may wait at any time.</summary>
    public bool StartsInOrder => !extensions.Any;

    public async Task<BayeuxAnswer> ProcessAsync(BayeuxCall call, IReadOnlyList<BayeuxMessage> messages)
    {
        var answer = new BayeuxAnswer();
        if (messages.Count > 1 && messages.Any(static message => message.Channel == MetaChannels.Handshake))
        {
            // A batch beside a handshake can mean no session yet: nothing of it is carried out, and no session is left behind.
            answer.Replies.AddRange(messages.Select(static message => BayeuxReplies.Failure(message, "400::handshake_not_alone", BayeuxReplies.None)));
            return answer;
        }

        var underWay = new List<(BayeuxMessage Request, Task<BayeuxMessage?> Reply)>(messages.Count);
        foreach (var message in messages)
        {
            if (!IsPublish(message) || call.Waited)
            {
                await Task.WhenAll(underWay.Select(static exchange => exchange.Reply));
            }

            underWay.Add((message, ProcessAsync(call, answer, message)));
        }

        foreach (var (request, reply) in underWay)
        {
            if (await reply is { } message)
            {
                await extensions.OutgoingAsync(call.Exchange, request, message);
                answer.Replies.Add(message);
            }
        }

        return answer;
    }

    /// <summary>Refuses every message of a caller who sends more than it may.</summary>
    public BayeuxAnswer Refuse(IReadOnlyList<BayeuxMessage> messages, RateRefusal refusal)
    {
        var answer = new BayeuxAnswer();
        answer.Replies.AddRange(messages.Select(message => replies.TooMany(message, refusal)));
        return answer;
    }

    /// <summary>Writes the reply of a connect that was held, past the extensions.</summary>
    public async ValueTask<BayeuxMessage> ConnectReplyAsync(BayeuxExchange exchange, LocalSession session, BayeuxMessage request, ConnectEnd end)
    {
        var reply = replies.ConnectReply(request, end);
        if (session.TakeGaps() is { Count: > 0 } gaps)
        {
            reply.Ext = BayeuxGaps.Write(gaps);
        }

        await extensions.OutgoingAsync(exchange, request, reply);
        return reply;
    }

    private static bool IsPublish(BayeuxMessage message) =>
        message.Channel is { } channel && ChannelName.KindOf(channel) == ChannelKind.Broadcast;

    private async Task<BayeuxMessage?> ProcessAsync(BayeuxCall call, BayeuxAnswer answer, BayeuxMessage message)
    {
        try
        {
            if (message.Fault != BayeuxFault.None)
            {
                return BayeuxReplies.Failure(message, BayeuxErrors.Of(message.Fault));
            }

            if (extensions.Any && !await extensions.IncomingAsync(call.Exchange, message))
            {
                return BayeuxReplies.Failure(message, BayeuxErrors.MessageDeleted);
            }

            return message.Channel is null
                ? BayeuxReplies.Failure(message, BayeuxErrors.ChannelMissing)
                : !ChannelName.TryNormalize(message.Channel, limits.Value, out var channel)
                ? BayeuxReplies.Failure(message, BayeuxErrors.ChannelInvalid)
                : await DispatchAsync(call, answer, message, channel);
        }
        catch (Exception exception)
        {
            Log.ExchangeFailed(logger, exception);
            return BayeuxReplies.Failure(message, BayeuxErrors.Unavailable, message.Channel == MetaChannels.Connect ? replies.Retry with { Interval = 1000 } : null);
        }
    }

    private async ValueTask<BayeuxMessage?> DispatchAsync(BayeuxCall call, BayeuxAnswer answer, BayeuxMessage message, string channel)
    {
        if (channel == MetaChannels.Handshake)
        {
            return await handshake.ProcessAsync(call, answer, message);
        }

        if (ChannelName.KindOf(channel) == ChannelKind.Meta && !IsMeta(channel))
        {
            return BayeuxReplies.Failure(message, BayeuxErrors.CreateDenied);
        }

        if (!SpeaksForOne(call, message, channel))
        {
            return BayeuxReplies.UnknownSession(message);
        }

        BayeuxCallers.FindTenant(call, message.ClientId!);
        if (channel == MetaChannels.Connect)
        {
            return await ConnectAsync(call, answer, message);
        }

        if (ChannelName.KindOf(channel) != ChannelKind.Meta && call.Rates.Publish() is { } refusal)
        {
            return replies.TooMany(message, refusal);
        }

        if (await door.TouchAsync(call.Tenant, message.ClientId!, call.Exchange.HttpContext.User) is not var (session, speaker) || !OfSameBrowser(call, session))
        {
            return BayeuxReplies.UnknownSession(message);
        }

        call.Exchange.HttpContext.User = speaker;
        call.Exchange.SessionId = SessionId.PublicOf(message.ClientId!);
        if (call.Socket is { Session: null } socket)
        {
            await socket.TakeUpAsync(call, message.ClientId!);
        }

        return channel switch
        {
            MetaChannels.Subscribe => await subscriptions.SubscribeAsync(call, message),
            MetaChannels.Unsubscribe => await subscriptions.UnsubscribeAsync(call, message),
            MetaChannels.Disconnect => await DisconnectAsync(call, message),
            _ when ChannelName.KindOf(channel) == ChannelKind.Service => await services.ProcessAsync(call, message, channel),
            _ => await PublishAsync(call, message, channel),
        };
    }

    private static bool IsMeta(string channel) => channel
        is MetaChannels.Connect or MetaChannels.Subscribe or MetaChannels.Unsubscribe or MetaChannels.Disconnect;

    /// <summary>A request speaks for one session, and so does a socket, except that a connect may take the socket over for another.</summary>
    private static bool SpeaksForOne(BayeuxCall call, BayeuxMessage message, string channel)
    {
        if (message.ClientId is null)
        {
            return false;
        }

        if (call.ClientId is null || (call.Socket is not null && call.IsSingle && channel == MetaChannels.Connect))
        {
            call.ClientId = message.ClientId;
        }

        return call.ClientId == message.ClientId;
    }

    private bool OfSameBrowser(BayeuxCall call, SessionDescription session) =>
        session.Browser is null || call.Socket is not null || call.Browser == session.Browser
        || (call.Browser is null && options.CurrentValue.TrustClientSession);

    private async ValueTask<BayeuxMessage?> ConnectAsync(BayeuxCall call, BayeuxAnswer answer, BayeuxMessage message)
    {
        if (message.ConnectionType is null)
        {
            return BayeuxReplies.Failure(message, BayeuxErrors.ConnectionTypeMissing, BayeuxReplies.Handshake);
        }

        if (!replies.ConnectionTypes.Contains(message.ConnectionType))
        {
            return BayeuxReplies.Failure(message, BayeuxErrors.ConnectionTypesUnsupported(message.ConnectionType), BayeuxReplies.Handshake);
        }

        if (call.Socket is { } socket && options.CurrentValue.RequireHandshakePerConnection && !socket.Began(message.ClientId!))
        {
            return BayeuxReplies.UnknownSession(message);
        }

        if (!await callers.RenewAsync(call, message))
        {
            return BayeuxReplies.Failure(message, "403::authentication_invalid", BayeuxReplies.Handshake);
        }

        var session = await door.AttachAsync(call.Tenant, message.ClientId!, call.Exchange.HttpContext.User, static () => new BayeuxSession());
        if (session is null || !OfSameBrowser(call, session.Description!))
        {
            return BayeuxReplies.UnknownSession(message);
        }

        call.Exchange.SessionId = session.Id;
        answer.Connect = new PendingConnect(session, message, HoldOf(call, message, session), LifetimeOf(message));
        session.Started = true;
        call.Exchange.HttpContext.User = session.User ?? call.Exchange.HttpContext.User;
        return null;
    }

    private TimeSpan HoldOf(BayeuxCall call, BayeuxMessage message, LocalSession session)
    {
        if (!call.IsSingle || !session.Started)
        {
            // Clients take the first answer as the sign that the connection works; a batch waits for no one.
            return TimeSpan.Zero;
        }

        var longest = options.CurrentValue.Timeout;
        return message.Advice?.Timeout is { } milliseconds && milliseconds < longest.TotalMilliseconds
            ? TimeSpan.FromMilliseconds(milliseconds)
            : longest;
    }

    private TimeSpan LifetimeOf(BayeuxMessage message)
    {
        var current = options.CurrentValue;
        return message.Advice?.Interval is > 0 and var milliseconds
            ? TimeSpan.FromMilliseconds(Math.Min(milliseconds, (long)current.MaxClientInterval.TotalMilliseconds))
            : current.MaxInterval + current.Interval;
    }

    private async ValueTask<BayeuxMessage> DisconnectAsync(BayeuxCall call, BayeuxMessage message)
    {
        await door.CloseAsync(call.Tenant, SessionId.PublicOf(message.ClientId!), SessionEnd.Disconnected);
        return BayeuxReplies.Success(message);
    }

    private async ValueTask<BayeuxMessage> PublishAsync(BayeuxCall call, BayeuxMessage message, string channel)
    {
        if (ChannelName.IsPattern(channel))
        {
            return BayeuxReplies.Failure(message, BayeuxErrors.ChannelInvalid);
        }

        if (message.Data.IsEmpty)
        {
            return BayeuxReplies.Failure(message, BayeuxErrors.DataMissing);
        }

        var deciding = ServerChannels.Contains(channel)
            ? ValueTask.FromResult(AuthorizationDecision.Denied)
            : DecideAsync(call, message, AuthorizationAction.Publish, channel);
        call.Waited |= !deciding.IsCompleted;
        var decision = await deciding;
        if (!decision.IsAllowed)
        {
            return BayeuxReplies.Failure(message, ReferenceEquals(decision, AuthorizationDecision.CreateDenied) ? BayeuxErrors.CreateDenied : decision.Reason is null ? BayeuxErrors.PublishDenied : BayeuxErrors.PublishDeniedBecause(decision.Reason));
        }

        var result = await door.PublishAsync(new ChannelId(call.Tenant, channel), new PublishItem
        {
            Body = message.Data.ToArray(),
            Publisher = call.Exchange.SessionId,
            Ext = message.Ext.IsEmpty ? null : message.Ext.ToArray(),
            Extras = message.Extras.IsEmpty ? null : message.Extras.ToArray(),
        });
        return result.Status switch
        {
            PublishStatus.Stored => BayeuxReplies.Success(message),
            PublishStatus.Busy => BayeuxReplies.Failure(message, "503::channel_busy"),
            _ => BayeuxReplies.Failure(message, BayeuxErrors.Unavailable),
        };
    }

    private ValueTask<AuthorizationDecision> DecideAsync(BayeuxCall call, BayeuxMessage message, AuthorizationAction action, string channel) =>
        policy.DecideAsync(
            new AuthorizationRequest
            {
                Action = action,
                Tenant = call.Tenant,
                User = call.Exchange.HttpContext.User,
                Channel = channel,
                Ext = message.Ext,
            },
            CancellationToken.None);

    private static partial class Log
    {
        [LoggerMessage(2201, LogLevel.Error, "An exchange could not be carried out")]
        public static partial void ExchangeFailed(ILogger logger, Exception exception);
    }
}
