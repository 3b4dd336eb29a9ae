using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Authorization;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>Subscribe and unsubscribe: one channel or many, checked whole, then carried out whole.</summary>
internal sealed class BayeuxSubscriptions(SessionDoor door, AuthorizationService authorization, IOptions<TidingsLimits> limits)
{
    public async ValueTask<BayeuxMessage> SubscribeAsync(BayeuxCall call, BayeuxMessage message)
    {
        if (!TryReadSubscriptions(call.Dialect, message, out var names, out var failure))
        {
            return failure;
        }

        foreach (var name in names)
        {
            var denied = ChannelName.KindOf(name) == ChannelKind.Meta
                ? authorization.Deny(BayeuxAuthorization.RequestOf(call, message, AuthorizationAction.Subscribe, name))
                : await authorization.DecideAsync(call, message, AuthorizationAction.Subscribe, name);
            if (!denied.IsAllowed)
            {
                return BayeuxReplies.Failure(message, denied.Reason is null ? BayeuxErrors.SubscribeDenied : BayeuxErrors.SubscribeDeniedBecause(denied.Reason));
            }
        }

        // Service channels reach server code only: a subscription to one is granted and means nothing, as in CometD.
        string[] wanted = [.. names.Where(static name => ChannelName.KindOf(name) == ChannelKind.Broadcast)];
        var places = BayeuxExt.ReplayOf(message.Ext);
        ReplayFrom[] replayed = [.. wanted.Where(name => places.ContainsKey(name) && places[name] != ReplayFrom.New).Select(name => new ReplayFrom(name, places[name]))];
        if (replayed.Length > 0)
        {
            return await ReplayAsync(call, message, replayed, [.. wanted.Except(replayed.Select(static place => place.Channel), StringComparer.Ordinal)]);
        }

        var status = wanted.Length == 0 ? SubscribeStatus.Done : await door.SubscribeAsync(call.Tenant, message.ClientId!, wanted);
        return AfterSubscribe(call.Dialect, message, status);
    }

    /// <summary>Subscribes from places in logs on, and to what else is wanted from now on: one call, as it is all or nothing.</summary>
    private async ValueTask<BayeuxMessage> ReplayAsync(BayeuxCall call, BayeuxMessage message, ReplayFrom[] places, string[] others)
    {
        if (Array.FindIndex(places, static place => ChannelName.IsPattern(place.Channel) || place.After < ReplayFrom.All) is >= 0 and var bad)
        {
            return BayeuxReplies.Failure(message, BayeuxErrors.ReplayInvalid(places[bad].After));
        }

        var result = await door.ReplayAsync(
            call.Tenant, message.ClientId!, [.. places, .. others.Select(static name => new ReplayFrom(name, ReplayFrom.New))]);
        return result.Invalid is { } invalid
            ? BayeuxReplies.Failure(message, BayeuxErrors.ReplayInvalid(invalid))
            : AfterSubscribe(call.Dialect, message, result.Status);
    }

    public async ValueTask<BayeuxMessage> UnsubscribeAsync(BayeuxCall call, BayeuxMessage message) =>
        TryReadSubscriptions(call.Dialect, message, out var names, out var failure)
            ? AfterSubscribe(call.Dialect, message, names.Length == 0 ? SubscribeStatus.Done : await door.UnsubscribeAsync(call.Tenant, message.ClientId!, names))
            : failure;

    private BayeuxMessage AfterSubscribe(BayeuxDialect dialect, BayeuxMessage message, SubscribeStatus status) => status switch
    {
        SubscribeStatus.Done => BayeuxReplies.Success(message),
        SubscribeStatus.UnknownSession => BayeuxReplies.UnknownSession(dialect, message),
        SubscribeStatus.TooMany => BayeuxReplies.Failure(message, BayeuxErrors.LimitReached("subscriptions", limits.Value.SubscriptionsPerSession)),
        SubscribeStatus.TooManyChannels => BayeuxReplies.Failure(message, BayeuxErrors.LimitReached("channels", limits.Value.ChannelsPerTenant)),
        SubscribeStatus.TooManyPatterns => BayeuxReplies.Failure(message, BayeuxErrors.LimitReached("patterns", limits.Value.PatternsPerTenant)),
        _ => BayeuxReplies.Failure(message, BayeuxErrors.Unavailable),
    };

    private bool TryReadSubscriptions(BayeuxDialect dialect, BayeuxMessage message, out string[] names, [NotNullWhen(false)] out BayeuxMessage? failure)
    {
        failure = null;
        names = [];
        if (message.Subscriptions is null)
        {
            failure = BayeuxReplies.Failure(message, BayeuxErrors.SubscriptionMissing);
            return false;
        }

        names = new string[message.Subscriptions.Count];
        for (var i = 0; i < names.Length; i++)
        {
            if (!ChannelName.TryNormalize(dialect.ToCore(message.Subscriptions[i]), limits.Value, out var name))
            {
                failure = BayeuxReplies.Failure(message, BayeuxErrors.SubscriptionInvalid);
                return false;
            }

            names[i] = name;
        }

        return true;
    }
}
