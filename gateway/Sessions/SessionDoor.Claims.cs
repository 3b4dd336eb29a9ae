using System.Security.Claims;
using Tidings.Gateway.Identity;

namespace Tidings.Gateway.Sessions;

/// <summary>Sessions that are not held here: whose they are is decided by their grain as it moves them, so that a move is one call.</summary>
internal sealed partial class SessionDoor
{
    /// <summary>Makes this gateway the one that holds a session, on behalf of who asks for it.</summary>
    private async Task<(Presence Presence, LocalSession Session)> ClaimAsync(
        string tenant, string secret, ClaimsPrincipal user, SessionClaim claim, Func<IProtocolSession> protocol)
    {
        while (true)
        {
            var session = hub.Add(tenant, SessionId.PublicOf(secret));
            if (session.Tenant != tenant)
            {
                // Somebody of another tenant asks for the same secret id at this moment, and is refused.
                await session.InTurn(static () => Task.FromResult(true));
                if (hub.Add(tenant, session.Id).Tenant != tenant)
                {
                    return (Presence.Unknown, session);
                }

                continue;
            }

            session.Protocol ??= protocol();
            var presence = await PatientlyAsync(() => session.InTurn(() => ClaimInTurnAsync(session, user, claim)));
            if (presence != Presence.Left)
            {
                return (presence, session);
            }
        }
    }

    private async Task<Presence> ClaimInTurnAsync(LocalSession session, ClaimsPrincipal user, SessionClaim claim)
    {
        if (session.Description is { } description)
        {
            // Somebody brought it here meanwhile.
            return description.Protocol != claim.Protocol || await owners.SpeakerAsync(session.Tenant, description, user) is null ? Presence.Unknown
                : session.IsAttached || session is { IsPartial: true, HasPending: true } ? Presence.Here
                : await AttachInTurnAsync(session, onlyIfFree: false);
        }

        // Before anything is delivered.
        owners.Bind(session, user);
        return await AttachInTurnAsync(session, onlyIfFree: false, claim);
    }

    /// <summary>
    /// A caller's claim to a session that its grain can judge; null for a caller without credentials where sessions of such callers are none to
    /// be had, or where the session's owner is likely to have shown them at the handshake.
    /// </summary>
    private SessionClaim? ClaimOf(string secret, ClaimsPrincipal user, string protocolName) =>
        CallerIdentity.Of(user) is { } identity ? new SessionClaim(protocolName, identity.Caller.User)
        : owners.MayBeHere(user) && SessionId.TenantOf(secret) == ChannelId.DefaultTenant ? new SessionClaim(protocolName, ApplicationUser.OwnerNameOf(user))
        : null;
}
