using Tidings.Gateway.Hosting;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>Makes replies: the request's id and channel come back as they were.</summary>
internal static class BayeuxReplies
{
    /// <summary>What clients do after a reply: always whole, as clients merge a part over their own defaults.</summary>
    public static BayeuxAdvice Retry(BayeuxDialect dialect) => new()
    {
        Reconnect = "retry",
        Interval = (long)dialect.Interval.TotalMilliseconds,
        Timeout = (long)dialect.Timeout.TotalMilliseconds,
    };

    public static BayeuxAdvice Handshake { get; } = new() { Reconnect = "handshake", Interval = 0 };

    public static BayeuxAdvice None { get; } = new() { Reconnect = "none", Interval = 0 };

    /// <summary>What a client is told whose session server code ended.</summary>
    public static BayeuxMessage Kicked => new() { Channel = MetaChannels.Disconnect, Successful = true };

    public static BayeuxMessage Success(BayeuxMessage request) => Reply(request, successful: true);

    public static BayeuxMessage Failure(BayeuxMessage request, string error, BayeuxAdvice? advice = null)
    {
        var reply = Reply(request, successful: false);
        reply.Error = error;
        reply.Advice = advice;
        return reply;
    }

    /// <summary>An unknown session, with the advice that only a connect gets: clients follow advice on any message.</summary>
    public static BayeuxMessage UnknownSession(BayeuxDialect dialect, BayeuxMessage request) =>
        Failure(request, dialect.SessionUnknown, request.Channel == MetaChannels.Connect ? Handshake : null);

    /// <summary>
    /// A caller who was too fast. Only what its client repeats by itself gets advice, how long to wait: clients follow advice on any message.
    /// </summary>
    public static BayeuxMessage TooMany(BayeuxDialect dialect, BayeuxMessage request, RateRefusal refusal)
    {
        var wait = refusal.RetryAfterSeconds * 1000;
        return Failure(request, BayeuxErrors.LimitReached(refusal.Limit, refusal.Value), request.Channel switch
        {
            MetaChannels.Handshake => Handshake with { Interval = wait },
            MetaChannels.Connect => Retry(dialect) with { Interval = wait },
            _ => null,
        });
    }

    /// <summary>The reply to a connect that was held.</summary>
    public static BayeuxMessage ConnectReply(BayeuxDialect dialect, BayeuxMessage request, ConnectEnd end)
    {
        if (end == ConnectEnd.Unknown)
        {
            return UnknownSession(dialect, request);
        }

        var reply = Success(request);
        reply.Advice = end switch
        {
            ConnectEnd.Disconnected or ConnectEnd.Kicked => None,
            // A client that chases itself over two connections must not do so at full speed.
            ConnectEnd.Superseded => Retry(dialect) with { Interval = 2000 },
            _ => Retry(dialect),
        };
        reply.ClientId = dialect.RepeatsClientId ? request.ClientId : null;
        return reply;
    }

    private static BayeuxMessage Reply(BayeuxMessage request, bool successful) => new()
    {
        Id = request.Fault is BayeuxFault.IdInvalid or BayeuxFault.IdTooLong ? default : request.Id,
        Channel = request.Channel,
        Successful = successful,
        Subscriptions = request.Channel is MetaChannels.Subscribe or MetaChannels.Unsubscribe ? request.Subscriptions : null,
        SubscriptionIsArray = request.SubscriptionIsArray,
    };
}

/// <summary>The meta channels; they match exactly, as a prefix would let messages slip past extensions.</summary>
internal static class MetaChannels
{
    public const string Handshake = "/meta/handshake";
    public const string Connect = "/meta/connect";
    public const string Subscribe = "/meta/subscribe";
    public const string Unsubscribe = "/meta/unsubscribe";
    public const string Disconnect = "/meta/disconnect";
}
