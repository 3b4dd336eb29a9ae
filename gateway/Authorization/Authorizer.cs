using System.Collections.Concurrent;
using System.Security.Claims;
using Tidings.Gateway.Identity;
using Tidings.Gateway.Identity.Accounts;

namespace Tidings.Gateway.Authorization;

/// <summary>
/// Decides by the rules of the caller's roles, the same for every front end; what no rule allows is denied. Answers without waiting,
/// except about the first publish to a channel by someone who may not create it.
/// </summary>
internal sealed class Authorizer(AccountCache accounts, ChannelExistence channels) : IAuthorizationPolicy
{
    private const int MaxRoleSets = 10_000;
    private readonly ConcurrentDictionary<(string Tenant, string Roles), ChannelGrants> _grants = new();

    /// <summary>Whether nobody and nothing is configured, so that everyone may do everything.</summary>
    public bool IsOpen => accounts.Rules.IsOpen;

    public ValueTask<AuthorizationDecision> DecideAsync(AuthorizationRequest request, CancellationToken cancellationToken)
    {
        var grants = GrantsOf(request.User);
        if (grants is null)
        {
            return ValueTask.FromResult(AuthorizationDecision.Allowed);
        }

        if (CallerIdentity.Of(request.User) is { } identity && identity.Caller.Tenant != request.Tenant)
        {
            return ValueTask.FromResult(AuthorizationDecision.Denied);
        }

        return request.Action == AuthorizationAction.Publish && !grants.MayCreate(request.Channel!) && grants.MayPublish(request.Channel!)
            ? PublishAsync(new ChannelId(request.Tenant, request.Channel!))
            : ValueTask.FromResult(IsAllowed(grants, request) ? AuthorizationDecision.Allowed : AuthorizationDecision.Denied);
    }

    /// <summary>What a caller may do by today's rules; null: everything, since nothing is configured.</summary>
    public ChannelGrants? GrantsOf(ClaimsPrincipal user)
    {
        var rules = accounts.Rules;
        if (rules.IsOpen)
        {
            return null;
        }

        if (CallerIdentity.Of(user) is not { } identity)
        {
            return GrantsOf(rules, ChannelId.DefaultTenant, [BuiltInRoles.Anonymous]);
        }

        var caller = identity.Caller;
        if (identity.GrantsOf(caller) is { } known && ReferenceEquals(known.Rules, rules))
        {
            return known;
        }

        var grants = GrantsOf(rules, caller.Tenant, caller.Roles);
        identity.Keep(caller, grants);
        return grants;
    }

    private static bool IsAllowed(ChannelGrants grants, AuthorizationRequest request) => request.Action switch
    {
        AuthorizationAction.Handshake => grants.Any || request.User.Identity is { IsAuthenticated: true },
        AuthorizationAction.Subscribe => grants.MaySubscribe(request.Channel!),
        AuthorizationAction.Publish => grants.MayPublish(request.Channel!),
        AuthorizationAction.Create => grants.MayCreate(request.Channel!),
        AuthorizationAction.Manage => grants.MayManage(request.Channel!),
        _ => false,
    };

    private ChannelGrants GrantsOf(RuleBook rules, string tenant, IReadOnlyList<string> roles)
    {
        var id = (tenant, string.Join(IdentityName.Separator, roles.Order(StringComparer.Ordinal)));
        if (_grants.TryGetValue(id, out var known) && ReferenceEquals(known.Rules, rules))
        {
            return known;
        }

        if (_grants.Count >= MaxRoleSets)
        {
            _grants.Clear();
        }

        var found = rules.Tenants.GetValueOrDefault(tenant);
        var allowed = found is null or { Disabled: true } ? [] : roles.Select(found.Roles.GetValueOrDefault).OfType<RoleOptions>();
        return _grants[id] = new ChannelGrants(rules, allowed, found is { Disabled: false } && roles.Contains(BuiltInRoles.Admin), name => ServerChannels.MaySee(tenant, roles, name));
    }

    private async ValueTask<AuthorizationDecision> PublishAsync(ChannelId channel) =>
        await channels.ExistsAsync(channel) ? AuthorizationDecision.Allowed : AuthorizationDecision.CreateDenied;
}
