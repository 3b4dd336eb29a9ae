using Tidings.Gateway.Authorization;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>Brings messages on service channels to their handlers.</summary>
internal sealed partial class BayeuxServices(
    IEnumerable<IServiceHandler> handlers, SessionDoor door, BayeuxExtensions extensions, AuthorizationService authorization, ILogger<BayeuxServices> logger)
{
    private readonly IServiceHandler[] _handlers = [.. handlers];

    public async ValueTask<BayeuxMessage> ProcessAsync(BayeuxCall call, BayeuxMessage message, string channel)
    {
        if (ChannelName.IsPattern(channel))
        {
            return BayeuxReplies.Failure(message, BayeuxErrors.ChannelInvalid);
        }

        if (message.Data.IsEmpty)
        {
            return BayeuxReplies.Failure(message, BayeuxErrors.DataMissing);
        }

        var decision = await authorization.DecideAsync(call, message, AuthorizationAction.Publish, channel);
        if (!decision.IsAllowed)
        {
            return BayeuxReplies.Failure(message, BayeuxErrors.PublishDenied);
        }

        try
        {
            foreach (var handler in _handlers.Where(handler => ChannelName.Matches(handler.Channel, channel)))
            {
                await handler.HandleAsync(CallFor(call, message, channel), call.Exchange.HttpContext.RequestAborted);
            }

            return BayeuxReplies.Success(message);
        }
        catch (Exception exception)
        {
            Log.HandlerFailed(logger, channel, exception);
            return BayeuxReplies.Failure(message, "500::service_failed");
        }
    }

    private ServiceCall CallFor(BayeuxCall call, BayeuxMessage message, string channel)
    {
        var sessionId = call.Exchange.SessionId!;
        return new ServiceCall(
            async direct => await door.DeliverAsync(call.Tenant, sessionId, await ExtendAsync(call, message, direct)),
            async () => await door.CloseAsync(call.Tenant, sessionId, SessionEnd.Kicked))
        {
            Tenant = call.Tenant,
            SessionId = sessionId,
            Channel = channel,
            Data = message.Data,
            Id = message.Id,
            Ext = message.Ext,
        };
    }

    /// <summary>A service's answer passes the extensions on its way out like any reply.</summary>
    private async ValueTask<DirectMessage> ExtendAsync(BayeuxCall call, BayeuxMessage request, DirectMessage direct)
    {
        if (!extensions.Any)
        {
            return direct;
        }

        var answer = new BayeuxMessage
        {
            Channel = direct.Channel,
            Data = direct.Body,
            Id = direct.CallId,
            Successful = direct.Successful,
            Ext = direct.Ext,
        };
        await extensions.OutgoingAsync(call.Exchange, request, answer);
        return direct with
        {
            Channel = answer.Channel!,
            Body = answer.Data.ToArray(),
            Ext = answer.Ext.IsEmpty ? null : answer.Ext.ToArray(),
        };
    }

    private static partial class Log
    {
        [LoggerMessage(2211, LogLevel.Error, "The handler of {Channel} failed")]
        public static partial void HandlerFailed(ILogger logger, string channel, Exception exception);
    }
}
