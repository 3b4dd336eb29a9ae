using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>
/// Carries out Bayeux messages, the same for every transport: each message gets one reply, a faulty one costs the others nothing.
/// </summary>
internal sealed partial class BayeuxProcessor(
    SessionDoor door,
    BayeuxHandshake handshake,
    BayeuxConnects connects,
    BayeuxSubscriptions subscriptions,
    BayeuxServices services,
    BayeuxPublishes publishes,
    BayeuxExtensions extensions,
    BayeuxBrowsers browsers,
    RateBook rates,
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
            // Only the handshake is told to stop: clients follow advice on any message, and another session's client may share the request.
            answer.Replies.AddRange(messages.Select(static message => BayeuxReplies.Failure(
                message, "400::handshake_not_alone", message.Channel == MetaChannels.Handshake ? BayeuxReplies.None : null)));
            return answer;
        }

        var underWay = new List<(BayeuxMessage Request, Task<BayeuxMessage?> Reply)>(messages.Count);
        foreach (var message in messages)
        {
            if (!IsPublish(message) || call.Waited)
            {
                await Task.WhenAll(underWay.Select(static exchange => exchange.Reply));
            }

            var reply = ProcessAsync(call, answer, message);
            underWay.Add((message, reply));
            if (!IsPublish(message))
            {
                // What follows may rest on it, as a publish on the subscription that is to bring it.
                await reply;
            }
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
    public static BayeuxAnswer Refuse(BayeuxDialect dialect, IReadOnlyList<BayeuxMessage> messages, RateRefusal refusal)
    {
        var answer = new BayeuxAnswer();
        answer.Replies.AddRange(messages.Select(message => BayeuxReplies.TooMany(dialect, message, refusal)));
        return answer;
    }

    private static bool IsPublish(BayeuxMessage message) =>
        message.Channel is { } channel && ChannelName.KindOf(channel) == ChannelKind.Broadcast;

    private async Task<BayeuxMessage?> ProcessAsync(BayeuxCall call, BayeuxAnswer answer, BayeuxMessage message)
    {
        try
        {
            if (message.Fault != BayeuxFault.None)
            {
                return message.Fault == BayeuxFault.ClientIdInvalid
                    ? BayeuxReplies.UnknownSession(call.Dialect, message)
                    : BayeuxReplies.Failure(message, BayeuxErrors.Of(message.Fault));
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
            return BayeuxReplies.Failure(message, BayeuxErrors.Unavailable, message.Channel == MetaChannels.Connect ? BayeuxReplies.Retry(call.Dialect) with { Interval = 1000 } : null);
        }
    }

    private async ValueTask<BayeuxMessage?> DispatchAsync(BayeuxCall call, BayeuxAnswer answer, BayeuxMessage message, string channel)
    {
        if (message.Channel == MetaChannels.Handshake)
        {
            return await handshake.ProcessAsync(call, answer, message);
        }

        // Meta channels as they were written: with a trailing slash they would be others to extensions, and here the same.
        if (ChannelName.KindOf(channel) == ChannelKind.Meta && !IsMeta(message.Channel!))
        {
            return BayeuxReplies.Failure(message, BayeuxErrors.CreateDenied);
        }

        if (!SpeaksForOne(call, message, channel))
        {
            return BayeuxReplies.UnknownSession(call.Dialect, message);
        }

        BayeuxCallers.FindTenant(call, message.ClientId!);
        if (channel == MetaChannels.Connect)
        {
            return await connects.ProcessAsync(call, answer, message);
        }

        if (ChannelName.KindOf(channel) != ChannelKind.Meta && call.Rates.Publish() is { } refusal)
        {
            return BayeuxReplies.TooMany(call.Dialect, message, refusal);
        }

        var bound = call.Socket?.SessionOf(call.Tenant, message.ClientId!);
        var touch = bound is null
            ? door.TouchAsync(call.Tenant, message.ClientId!, call.Exchange.HttpContext.User)
            : door.TouchAsync(bound, call.Exchange.HttpContext.User);
        if (await touch is not var (session, speaker)
            || session.Protocol != BayeuxSession.Protocol || !browsers.IsOwn(call, session))
        {
            return BayeuxReplies.UnknownSession(call.Dialect, message);
        }

        if (call.Hear(rates, speaker, isPublish: ChannelName.KindOf(channel) != ChannelKind.Meta) is { } tooMuch)
        {
            return BayeuxReplies.TooMany(call.Dialect, message, tooMuch);
        }

        call.Exchange.SessionId = bound?.Id ?? SessionId.PublicOf(message.ClientId!);
        if (call.Socket is { Session: null } socket && !Replays(message))
        {
            await socket.TakeUpAsync(call, message.ClientId!);
        }

        return channel switch
        {
            MetaChannels.Subscribe => await subscriptions.SubscribeAsync(call, message),
            MetaChannels.Unsubscribe => await subscriptions.UnsubscribeAsync(call, message),
            MetaChannels.Disconnect => await DisconnectAsync(call, message),
            _ when ChannelName.KindOf(channel) == ChannelKind.Service => await services.ProcessAsync(call, message, channel),
            _ => await publishes.PublishAsync(call, message, channel),
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

    /// <summary>Whether a message says from where on messages are wanted: until that is known, none are to be sent.</summary>
    private static bool Replays(BayeuxMessage message) =>
        message.Channel == MetaChannels.Subscribe && !message.Ext.IsEmpty && BayeuxExt.ReplayOf(message.Ext).Count > 0;

    private async ValueTask<BayeuxMessage> DisconnectAsync(BayeuxCall call, BayeuxMessage message)
    {
        await door.CloseAsync(call.Tenant, SessionId.PublicOf(message.ClientId!), SessionEnd.Disconnected);
        return BayeuxReplies.Success(message);
    }

    private static partial class Log
    {
        [LoggerMessage(2201, LogLevel.Error, "An exchange could not be carried out")]
        public static partial void ExchangeFailed(ILogger logger, Exception exception);
    }
}
