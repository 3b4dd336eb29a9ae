using System.Security.Claims;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Authorization;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity;
using Tidings.Gateway.Identity.Accounts;
using Tidings.Protocols.Personium;

namespace Tidings.Gateway.Personium;

/// <summary>
/// Who may do what to a collection. Its ACL, with what it inherits, grants privileges to roles; whoever manages its channel has them all. To
/// send and to listen the rules for channels must allow it, too, so that no protocol is a way round them.
/// </summary>
internal sealed class PersoniumAccess(AuthorizationService authorization, AnonymousAccess anonymous, AccountCache accounts, IOptionsMonitor<PersoniumOptions> options)
{
    private const string RolePath = "/__role/";

    /// <summary>Whether a cell has a box.</summary>
    public bool HasBox(string cell, string box) => options.CurrentValue.Boxes is not { Count: > 0 } boxes || boxes.Contains($"{cell}/{box}");

    /// <summary>Whether there is such a role in a call's cell: one of another cell is none, whatever its name.</summary>
    public bool HasRole(PersoniumCall call, string url) =>
        RoleOf(url) is { } role && IsOf(call.Cell, new Uri(url))
        && (role == BuiltInRoles.Admin || accounts.Rules.Tenants.GetValueOrDefault(call.Cell)?.Roles.ContainsKey(role) == true);

    /// <summary>What a request's caller may do; nothing in another cell.</summary>
    public ValueTask<Privileges> PrivilegesAsync(PersoniumCall call, PersoniumView view, string path) =>
        CallerIdentity.Of(call.Context.User) is null && !anonymous.Allows(call.Context)
            ? ValueTask.FromResult(Privileges.None)
            : PrivilegesAsync(call, call.Context.User, view, path);

    /// <summary>What somebody may do; nothing in another cell.</summary>
    public async ValueTask<Privileges> PrivilegesAsync(PersoniumCall call, ClaimsPrincipal user, PersoniumView view, string path)
    {
        var caller = CallerIdentity.Of(user)?.Caller;
        if ((caller?.Tenant ?? ChannelId.DefaultTenant) != call.Cell)
        {
            return Privileges.None;
        }

        return (await authorization.ProbeAsync(RequestOf(call, user, AuthorizationAction.Manage, path), call.Context.RequestAborted)).IsAllowed
            ? Privileges.All
            : view.Inherited
                .Where(entry => entry.Role is null || (RoleOf(entry.Role) is { } role && caller?.Roles.Contains(role) == true))
                .Aggregate(Privileges.None, static (sum, entry) => sum | (Privileges)entry.Granted);
    }

    /// <summary>Whether the rules for channels allow something.</summary>
    public async ValueTask<bool> MayAsync(PersoniumCall call, ClaimsPrincipal user, AuthorizationAction action, string path) =>
        (await authorization.DecideAsync(RequestOf(call, user, action, path), call.Context.RequestAborted)).IsAllowed;

    /// <summary>Tells the audit that a privilege was lacking.</summary>
    public void Refused(PersoniumCall call, ClaimsPrincipal user, AuthorizationAction action, string path) =>
        authorization.Deny(RequestOf(call, user, action, path));

    /// <summary>The answer to a caller who lacks a privilege.</summary>
    public static PersoniumAnswer Lacking(PersoniumCall call) => PersoniumAnswer.Error(
        CallerIdentity.Of(call.Context.User) is null ? PersoniumError.TokenMissing : PersoniumError.PrivilegeMissing);

    private static AuthorizationRequest RequestOf(PersoniumCall call, ClaimsPrincipal user, AuthorizationAction action, string path) => new()
    {
        Action = action,
        Tenant = call.Cell,
        User = user,
        Address = call.Context.Connection.RemoteIpAddress,
        Channel = call.ChannelOf(path),
    };

    /// <summary>Whether a URL is in a cell, by its host name or by its path; other names of the host are all the server's.</summary>
    private static bool IsOf(string cell, Uri role) =>
        role.AbsolutePath.StartsWith($"/{cell}{RolePath}", StringComparison.Ordinal)
        || (role.AbsolutePath.StartsWith(RolePath, StringComparison.Ordinal) && role.Host.StartsWith($"{cell}.", StringComparison.OrdinalIgnoreCase));

    /// <summary>The name of a role by its URL, <c>…/__role/{box}/{name}</c>; null for another URL.</summary>
    private static string? RoleOf(string url) =>
        url.Contains(RolePath, StringComparison.Ordinal) && Uri.TryCreate(url, UriKind.Absolute, out var role)
            ? Uri.UnescapeDataString(role.Segments[^1])
            : null;
}
