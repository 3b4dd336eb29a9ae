using System.Net;
using Tidings.Gateway.Hosting;

namespace Tidings.Gateway.Identity;

/// <summary>What identity tells the audit: never a password, key, token or secret session id.</summary>
internal sealed class IdentityAudit(IAudit audit)
{
    /// <summary>Someone began a log-in or a session.</summary>
    public void LoggedIn(string method, Caller caller, IPAddress? address) => audit.LoggedIn(caller.Tenant, caller.User, method, address);

    /// <summary>Credentials were refused.</summary>
    public void Refused(string method, string? account, string reason, IPAddress? address) =>
        audit.LoginFailed(string.IsNullOrEmpty(account) ? "-" : account, method, reason, address);

    /// <summary>Something was refused to somebody who showed no credentials.</summary>
    public void Nobody(string action, string? target, IPAddress? address) => audit.Refused(null, null, action, target, "no credentials", address);

    /// <summary>A live session was ended since its credentials no longer hold; <paramref name="owner"/> null: since it has none, and needs some by now.</summary>
    public void Ended(string session, Caller? owner) => audit.Refused(
        owner?.Tenant, owner?.User, "session", session, owner is null ? "no credentials" : "the credentials no longer hold", null);

    /// <summary>An administrator changed something, of the tenant in the route if there is one.</summary>
    public void Changed(HttpContext context, string what, string which) =>
        Changed(context, context.GetRouteValue("tenant") as string ?? CallerIdentity.Of(context.User)!.Caller.Tenant, what, which);

    /// <summary>An administrator changed something of a tenant.</summary>
    public void Changed(HttpContext context, string tenant, string what, string which)
    {
        var (admin, address) = (CallerIdentity.Of(context.User)!.Caller, context.Connection.RemoteIpAddress);
        if (admin.Tenant == tenant)
        {
            audit.Changed(tenant, admin.User, what, which, address);
        }
        else
        {
            audit.Changed(tenant, $"{admin.Tenant}{IdentityName.Separator}{admin.User}", what, which, address, of: admin.Tenant);
        }
    }
}
