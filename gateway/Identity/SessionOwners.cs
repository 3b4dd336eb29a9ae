using System.Security.Claims;
using Tidings.Gateway.Authorization;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Identity;

/// <summary>Whose a session is, and whether a request may speak for it.</summary>
internal sealed class SessionOwners(CallerCheck check, IAuthorizationPolicy policy, AnonymousAccess anonymous)
{
    /// <summary>The scheme of a caller whom the session's secret id speaks for.</summary>
    private const string BySession = "Session";

    /// <summary>The owner of a session that a caller opens; null for an anonymous caller.</summary>
    public static SessionOwner? OwnerOf(ClaimsPrincipal user, bool byHandshake) => CallerIdentity.Of(user)?.Caller is { } caller
        ? new SessionOwner { User = caller.User, Roles = [.. caller.Roles], Credential = caller.Credential, Expires = caller.Expires, ByHandshake = byHandshake }
        : ApplicationUser.OwnerNameOf(user) is { } name ? new SessionOwner { User = name, Roles = [], Credential = $"{ApplicationUser.Issuer}:" }
        : null;

    /// <summary>
    /// Who speaks for a session on behalf of a request: the caller, if the session is the caller's; its owner, if the handshake showed the
    /// credentials and the request shows none. Null when the session is not the caller's, or its owner's credentials no longer hold: to
    /// the caller there is no such session then.
    /// </summary>
    public async ValueTask<ClaimsPrincipal?> SpeakerAsync(string tenant, SessionDescription session, ClaimsPrincipal user)
    {
        if (session.Owner is not { } owner)
        {
            return CallerIdentity.Of(user) is null && ApplicationUser.OwnerNameOf(user) is null && MayBeHere(user) ? user : null;
        }

        if (ApplicationUser.OwnerNameOf(user) is { } name)
        {
            // Whether the application still knows its user is for it to say, with each request.
            return name == owner.User && tenant == ChannelId.DefaultTenant ? user : null;
        }

        if (CallerIdentity.Of(user) is { } identity)
        {
            // Requests have just been looked at; a socket may be days old.
            return identity.Caller.User == owner.User && identity.Caller.Tenant == tenant && await check.IsCurrentAsync(identity) ? user : null;
        }

        return owner.ByHandshake && await check.RefreshAsync(CallerOf(tenant, owner)) is { } caller
            ? new ClaimsPrincipal(new CallerIdentity(caller, BySession))
            : null;
    }

    /// <summary>Whether somebody who showed no credentials of ours may still be here; an application around the server has its own.</summary>
    public bool MayBeHere(ClaimsPrincipal user) => user.Identity is { IsAuthenticated: true } || anonymous.IsPossible;

    /// <summary>Whether what a caller once showed, if anything, still holds.</summary>
    public ValueTask<bool> IsCurrentAsync(ClaimsPrincipal user) =>
        CallerIdentity.Of(user) is { } identity ? check.IsCurrentAsync(identity) : ValueTask.FromResult(MayBeHere(user));

    /// <summary>Lets a session see what its owner may.</summary>
    public void Bind(LocalSession session, ClaimsPrincipal user)
    {
        session.User = user;
        session.Grants = GrantsOf(user);
    }

    /// <summary>What messages are checked against; null where all may be seen.</summary>
    public ChannelGrants? GrantsOf(ClaimsPrincipal user) => (policy as Authorizer)?.GrantsOf(user) is { SeesEverything: false } grants ? grants : null;

    /// <summary>Brings what is known of a session's owner up to date. False when the owner's credentials no longer hold.</summary>
    public async ValueTask<bool> RefreshAsync(LocalSession session)
    {
        if (session.User is not { } user)
        {
            return true;
        }

        if (!await IsCurrentAsync(user))
        {
            return false;
        }

        session.Grants = GrantsOf(user);
        return true;
    }

    private static Caller CallerOf(string tenant, SessionOwner owner) => new(tenant, owner.User, owner.Roles, owner.Credential, owner.Expires);
}
