using Tidings.Gateway.Identity;
using Tidings.Gateway.Identity.Accounts;

namespace Tidings.Gateway.Authorization;

/// <summary>
/// Channels that the server alone publishes to, whatever the policy and the front end: <c>/event</c> and everything below it, and
/// <see cref="SystemChannels"/>, which moreover nobody reads but administrators.
/// </summary>
internal static class ServerChannels
{
    private const string Root = "/event";

    public static bool Contains(string channel) =>
        (channel.StartsWith(Root, StringComparison.Ordinal) && (channel.Length == Root.Length || channel[Root.Length] == '/'))
        || SystemChannels.Contains(channel);

    /// <summary>Whether somebody may see a channel or pattern of <see cref="SystemChannels"/>: administrators their tenant's audit and figures, operators all.</summary>
    public static bool MaySee(string tenant, IReadOnlyList<string> roles, string channel) =>
        (tenant == ChannelId.DefaultTenant && roles.Contains(BuiltInRoles.Operator))
        || (channel is SystemChannels.Audit or SystemChannels.Figures && roles.Contains(BuiltInRoles.Admin));

    /// <summary>As above, for a caller; nobody who did not say who they are.</summary>
    public static bool MaySee(System.Security.Claims.ClaimsPrincipal user, string tenant, string channel) =>
        CallerIdentity.Of(user) is { Caller: var caller } && caller.Tenant == tenant && MaySee(tenant, caller.Roles, channel);
}
