using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>Asks the authorization policy about Bayeux messages.</summary>
internal static class BayeuxAuthorization
{
    /// <summary>Whether a message may do what it asks for.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="call">Who sends the message.</param>
    /// <param name="message">The message; its <c>ext</c> may carry credentials.</param>
    /// <param name="action">What it asks for.</param>
    /// <param name="channel">The channel; null for a handshake.</param>
    /// <param name="cancellationToken">Ends the decision.</param>
    public static ValueTask<AuthorizationDecision> DecideAsync(
        this IAuthorizationPolicy policy,
        BayeuxCall call,
        BayeuxMessage message,
        AuthorizationAction action,
        string? channel,
        CancellationToken cancellationToken = default) =>
        policy.DecideAsync(
            new AuthorizationRequest
            {
                Action = action,
                Tenant = call.Tenant,
                User = call.Exchange.HttpContext.User,
                Channel = channel,
                Ext = message.Ext,
            },
            cancellationToken);
}
