using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity;

namespace Tidings.Gateway.Authorization;

/// <summary>The one authorizer as front ends ask it: the policy decides, and the audit is told what it refuses.</summary>
internal sealed class AuthorizationService(IAuthorizationPolicy policy, IAudit audit)
{
    /// <summary>Decides one request; without waiting where the policy does.</summary>
    public ValueTask<AuthorizationDecision> DecideAsync(AuthorizationRequest request, CancellationToken cancellationToken)
    {
        if (IsRefusedToAll(request))
        {
            return ValueTask.FromResult(Deny(request));
        }

        var deciding = policy.DecideAsync(request, cancellationToken);
        return deciding.IsCompletedSuccessfully ? ValueTask.FromResult(Tell(request, deciding.Result)) : WaitAsync(request, deciding);
    }

    /// <summary>Decides about what may be tried before something else: a refusal is none yet.</summary>
    public ValueTask<AuthorizationDecision> ProbeAsync(AuthorizationRequest request, CancellationToken cancellationToken) =>
        IsRefusedToAll(request) ? ValueTask.FromResult(AuthorizationDecision.Denied) : policy.DecideAsync(request, cancellationToken);

    /// <summary>What the server tells of itself is its administrators' alone, whatever a policy says.</summary>
    private static bool IsRefusedToAll(AuthorizationRequest request) =>
        request.Channel is { } channel && SystemChannels.Contains(channel)
        && (request.Action != AuthorizationAction.Subscribe || !ServerChannels.MaySee(request.User, request.Tenant, channel));

    /// <summary>Refuses what no policy is asked about, such as channels that are the server's own.</summary>
    public AuthorizationDecision Deny(AuthorizationRequest request) => Tell(request, AuthorizationDecision.Denied);

    private async ValueTask<AuthorizationDecision> WaitAsync(AuthorizationRequest request, ValueTask<AuthorizationDecision> deciding) =>
        Tell(request, await deciding);

    private AuthorizationDecision Tell(AuthorizationRequest request, AuthorizationDecision decision)
    {
        if (!decision.IsAllowed)
        {
            audit.Refused(request.Tenant, CallerIdentity.Of(request.User)?.Caller.User, NameOf(request.Action), request.Channel, decision.Reason ?? "no rule allows it", request.Address);
        }

        return decision;
    }

    private static string NameOf(AuthorizationAction action) => action switch
    {
        AuthorizationAction.Handshake => "handshake",
        AuthorizationAction.Subscribe => "subscribe",
        AuthorizationAction.Publish => "publish",
        AuthorizationAction.Create => "create",
        _ => "manage",
    };
}
