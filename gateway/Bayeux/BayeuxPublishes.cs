using Microsoft.Extensions.Options;
using Tidings.Gateway.Authorization;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>Publishes on broadcast channels; each is answered when the channel's log has it.</summary>
internal sealed class BayeuxPublishes(SessionDoor door, BayeuxCallers callers, AuthorizationService authorization, IOptions<TidingsLimits> limits)
{
    public async ValueTask<BayeuxMessage> PublishAsync(BayeuxCall call, BayeuxMessage message, string channel)
    {
        if (ChannelName.IsPattern(channel))
        {
            return BayeuxReplies.Failure(message, BayeuxErrors.ChannelInvalid);
        }

        if (message.Data.IsEmpty)
        {
            return BayeuxReplies.Failure(message, BayeuxErrors.DataMissing);
        }

        var deciding = !call.Dialect.TakesPublishes || ServerChannels.Contains(channel)
            ? ValueTask.FromResult(authorization.Deny(BayeuxAuthorization.RequestOf(call, message, AuthorizationAction.Publish, channel)))
            : authorization.DecideAsync(call, message, AuthorizationAction.Publish, channel);
        call.Waited |= !deciding.IsCompleted;
        var decision = await deciding;
        if (!decision.IsAllowed)
        {
            return BayeuxReplies.Failure(message, ErrorOf(decision));
        }

        var result = await door.PublishAsync(new ChannelId(call.Tenant, channel), ItemOf(call, message));
        return result.Status switch
        {
            PublishStatus.Stored => BayeuxReplies.Success(message),
            PublishStatus.Busy => BayeuxReplies.Failure(message, "503::channel_busy"),
            PublishStatus.TooManyChannels => BayeuxReplies.Failure(message, BayeuxErrors.LimitReached("channels", limits.Value.ChannelsPerTenant)),
            _ => BayeuxReplies.Failure(message, BayeuxErrors.Unavailable),
        };
    }

    private static string ErrorOf(AuthorizationDecision decision) =>
        ReferenceEquals(decision, AuthorizationDecision.CreateDenied) ? BayeuxErrors.CreateDenied
        : decision.Reason is null ? BayeuxErrors.PublishDenied
        : BayeuxErrors.PublishDeniedBecause(decision.Reason);

    private PublishItem ItemOf(BayeuxCall call, BayeuxMessage message) => new()
    {
        Body = message.Data.ToArray(),
        Publisher = call.Exchange.SessionId,
        Ext = callers.WithoutCredentials(message.Ext),
        Extras = message.Extras.IsEmpty ? null : message.Extras.ToArray(),

        // Some clients use an id again for another message.
        Key = message.Id.IsEmpty || call.Exchange.SessionId is not { } session ? null : PublishKey.Of(session, message.Id.Span, message.Data.Span),
    };
}
