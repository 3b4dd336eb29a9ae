using System.Net;

namespace Tidings.Gateway.Identity;

/// <summary>
/// Who logged in, who was refused, who changed what: structured events of category <c>Tidings.Audit</c>. Never a password, key, token or
/// secret session id; names are of a grammar without line breaks, and what does not keep to it is left out.
/// </summary>
internal sealed partial class IdentityAudit(ILoggerFactory loggers)
{
    private const string Unknown = "-";
    private readonly ILogger _logger = loggers.CreateLogger("Tidings.Audit");

    /// <summary>Someone began a log-in or a session.</summary>
    public void LoggedIn(string method, Caller caller, IPAddress? address) => Log.LoggedIn(_logger, method, caller.Tenant, caller.User, address ?? IPAddress.None);

    /// <summary>Credentials were refused.</summary>
    public void Refused(string method, string? account, string reason, IPAddress address) =>
        Log.Refused(_logger, method, string.IsNullOrEmpty(account) ? Unknown : account, reason, address);

    /// <summary>A live session was ended since its credentials no longer hold.</summary>
    public void Ended(string session, string tenant, string user) => Log.Ended(_logger, session, tenant, user);

    /// <summary>An administrator changed something.</summary>
    public void Changed(Caller admin, string what, string which) => Log.Changed(_logger, admin.Tenant, admin.User, what, which);

    private static partial class Log
    {
        [LoggerMessage(2421, LogLevel.Information, "Log-in by {Method}: {Tenant}/{User} from {Address}")]
        public static partial void LoggedIn(ILogger logger, string method, string tenant, string user, IPAddress address);

        [LoggerMessage(2422, LogLevel.Warning, "Log-in by {Method} refused: {Account} from {Address}: {Reason}")]
        public static partial void Refused(ILogger logger, string method, string account, string reason, IPAddress address);

        [LoggerMessage(2423, LogLevel.Information, "Session {Session} of {Tenant}/{User} ended: its credentials no longer hold")]
        public static partial void Ended(ILogger logger, string session, string tenant, string user);

        [LoggerMessage(2424, LogLevel.Information, "{Tenant}/{User} changed {What} {Which}")]
        public static partial void Changed(ILogger logger, string tenant, string user, string what, string which);
    }
}
