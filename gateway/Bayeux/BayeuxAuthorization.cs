using Tidings.Gateway.Authorization;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>Asks the authorization policy about Bayeux messages.</summary>
internal static class BayeuxAuthorization
{
    /// <summary>Whether a message may do what it asks for.</summary>
    /// <param name="authorization">Decides.</param>
    /// <param name="call">Who sends the message.</param>
    /// <param name="message">The message; its <c>ext</c> may carry credentials.</param>
    /// <param name="action">What it asks for.</param>
    /// <param name="channel">The channel; null for a handshake.</param>
    /// <param name="cancellationToken">Ends the decision.</param>
    public static ValueTask<AuthorizationDecision> DecideAsync(
        this AuthorizationService authorization,
        BayeuxCall call,
        BayeuxMessage message,
        AuthorizationAction action,
        string? channel,
        CancellationToken cancellationToken = default) =>
        authorization.DecideAsync(RequestOf(call, message, action, channel), cancellationToken);

    /// <summary>What a message asks for.</summary>
    public static AuthorizationRequest RequestOf(BayeuxCall call, BayeuxMessage message, AuthorizationAction action, string? channel) => new()
    {
        Action = action,
        Tenant = call.Tenant,
        User = call.Exchange.HttpContext.User,
        Address = call.Exchange.HttpContext.Connection.RemoteIpAddress,
        Channel = channel,
        Ext = message.Ext,
    };
}
