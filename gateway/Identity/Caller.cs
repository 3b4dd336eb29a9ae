using System.Security.Claims;
using Tidings.Gateway.Authorization;

namespace Tidings.Gateway.Identity;

/// <summary>Someone who proved who they are.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="User">The user.</param>
/// <param name="Roles">The roles.</param>
/// <param name="Credential">What it was proved with, in a form that <see cref="CallerCheck"/> can look up again; holds no secret.</param>
/// <param name="Expires">When that proof ends; null: not by itself.</param>
internal sealed record Caller(string Tenant, string User, IReadOnlyList<string> Roles, string Credential, DateTimeOffset? Expires);

/// <summary>
/// A caller as ASP.NET Core knows one. What is known of the caller is brought up to date in place, so that a socket or session that
/// lives for days is judged by today's roles.
/// </summary>
internal sealed class CallerIdentity : ClaimsIdentity
{
    /// <summary>Claims: the tenant, the user's name, a role each.</summary>
    public const string TenantClaim = "tenant", UserClaim = "user", RoleClaim = "role";

    private volatile Caller _caller;
    private volatile Known? _known;
    private volatile object? _lookedAt;

    public CallerIdentity(Caller caller, string scheme)
        : base(ClaimsOf(caller), scheme, UserClaim, RoleClaim) => _caller = caller;

    public Caller Caller => _caller;

    /// <summary>The state of accounts by which the caller was last looked up; null if only at the log-in.</summary>
    public object? LookedAt => _lookedAt;

    /// <summary>What a caller may do, as the authorizer last worked it out for this very state of it; null if it did not.</summary>
    public ChannelGrants? GrantsOf(Caller caller) => _known is { } known && ReferenceEquals(known.Caller, caller) ? known.Grants : null;

    /// <summary>Keeps what a caller may do.</summary>
    public void Keep(Caller caller, ChannelGrants grants) => _known = new Known(caller, grants);

    /// <summary>The caller of a request or session; null for an anonymous one.</summary>
    public static CallerIdentity? Of(ClaimsPrincipal user) => user.Identity as CallerIdentity;

    /// <summary>Takes over what is known by now.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="lookedAt">The state of accounts by which it was looked up.</param>
    public void Update(Caller caller, object lookedAt)
    {
        if (!caller.Roles.SequenceEqual(_caller.Roles) || caller.Expires != _caller.Expires)
        {
            _caller = caller;
        }

        _lookedAt = lookedAt;
    }

    private static IEnumerable<Claim> ClaimsOf(Caller caller) =>
        [new(TenantClaim, caller.Tenant), new(UserClaim, caller.User), .. caller.Roles.Select(static role => new Claim(RoleClaim, role))];

    /// <summary>Grants with the state of the caller that they were worked out for: roles may change meanwhile.</summary>
    private sealed record Known(Caller Caller, ChannelGrants Grants);
}
