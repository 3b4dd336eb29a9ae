using System.Net;

namespace Tidings.Gateway.Hosting;

/// <summary>
/// What an operator wants to be able to look up later: structured events of log category <c>Tidings.Audit</c>. Never given a secret.
/// What clients sent is cut short and freed of line breaks and other control characters. Refusals of one caller are bounded (<see cref="AuditOptions"/>).
/// </summary>
internal interface IAudit
{
    /// <summary>Somebody logged in.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="user">The user.</param>
    /// <param name="method">How: the protocol of the session that began, such as <c>bayeux</c>; <c>token</c>, <c>cookie</c> or <c>smc login</c> for one that sessions may follow.</param>
    /// <param name="address">From where.</param>
    void LoggedIn(string tenant, string user, string method, IPAddress? address);

    /// <summary>Somebody could not log in.</summary>
    /// <param name="account">The account as it was named.</param>
    /// <param name="method">How it was tried.</param>
    /// <param name="reason">Why not, in words of ours.</param>
    /// <param name="address">From where.</param>
    void LoginFailed(string account, string method, string reason, IPAddress? address);

    /// <summary>Something was refused to somebody.</summary>
    /// <param name="tenant">The tenant; null if unknown.</param>
    /// <param name="user">The user; null for an anonymous caller.</param>
    /// <param name="action">What was to be done, such as <c>subscribe</c>.</param>
    /// <param name="target">To what, such as a channel.</param>
    /// <param name="reason">Why not, in words of ours.</param>
    /// <param name="address">From where.</param>
    void Refused(string? tenant, string? user, string action, string? target, string reason, IPAddress? address);

    /// <summary>An administrator changed something.</summary>
    /// <param name="tenant">The tenant that it concerns.</param>
    /// <param name="user">Who did it; <c>tenant/user</c> where that is somebody of another one.</param>
    /// <param name="action">What was done, such as <c>user.disable</c>.</param>
    /// <param name="target">To what.</param>
    /// <param name="address">From where.</param>
    /// <param name="of">The tenant of who did it, where that is another: its administrators are told, too.</param>
    void Changed(string tenant, string user, string action, string target, IPAddress? address, string? of = null);
}
