using System.Net;

namespace Tidings.Gateway.Hosting;

/// <summary>Writes the audit to the log; where it is kept is the logging configuration's decision.</summary>
internal sealed partial class Audit(ILoggerFactory loggers, AuditBounds bounds, AuditTrail trail) : IAudit
{
    /// <summary>The log category.</summary>
    public const string Category = "Tidings.Audit";

    private const int Longest = 256;

    /// <summary>Sessions that begin are told by connection events.</summary>
    private const string Handshake = "handshake";

    private readonly ILogger _logger = loggers.CreateLogger(Category);

    public void LoggedIn(string tenant, string user, string method, IPAddress? address)
    {
        Log.LoggedIn(_logger, Clean(tenant), Clean(user), method, address);
        if (method != Handshake)
        {
            trail.Add("login", tenant, Clean(user), method, null, null, address);
        }
    }

    public void LoginFailed(string account, string method, string reason, IPAddress? address)
    {
        if (IsToWrite(null, null, address))
        {
            Log.LoginFailed(_logger, Clean(account), method, reason, address);
            trail.Add("loginFailed", TenantOf(account), Clean(account), method, null, reason, address);
        }
    }

    public void Refused(string? tenant, string? user, string action, string? target, string reason, IPAddress? address)
    {
        if (IsToWrite(tenant, user, address))
        {
            Log.Refused(_logger, action, Clean(target), Clean(tenant), Clean(user), Clean(reason), address);
            // What nobody known asked for concerns no tenant: names of tenants are the caller's to choose there.
            trail.Add("refused", user is null ? null : tenant, Clean(user), action, Clean(target), Clean(reason), address);
        }
    }

    public void Changed(string tenant, string user, string action, string target, IPAddress? address, string? of = null)
    {
        Log.Changed(_logger, action, Clean(target), Clean(tenant), Clean(user), address);
        trail.Add("changed", tenant, Clean(user), action, Clean(target), null, address);
        if (of is not null)
        {
            trail.Add("changed", of, Clean(user), action, Clean(target), null, address);
        }
    }

    /// <summary>Tells of whom refusals were not written, where nothing else has.</summary>
    public void Sweep()
    {
        foreach (var (caller, suppressed) in bounds.Sweep())
        {
            Log.Suppressed(_logger, suppressed, caller);
        }
    }

    private bool IsToWrite(string? tenant, string? user, IPAddress? address)
    {
        var caller = user is null ? RateBook.KeyOf(address) : $"{RateBook.KeyOf(address)} {tenant}/{user}";
        if (!bounds.TryEnter(caller, out var suppressed))
        {
            return false;
        }

        if (suppressed > 0)
        {
            Log.Suppressed(_logger, suppressed, Clean(caller));
        }

        return true;
    }

    /// <summary>The tenant of an account that somebody tried; null where none is named.</summary>
    private static string? TenantOf(string account) => account.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? Clean(account[..slash]) : null;

    /// <summary>
    /// What a client sent, fit for a line of a log: control characters and what is written from right to left or not at all would let it
    /// forge other lines (CWE-117).
    /// </summary>
    internal static string Clean(string? text)
    {
        var cut = text is null ? "-" : text.Length > Longest ? text[..Longest] : text;
        return cut.Any(IsUnfit) ? string.Concat(cut.Select(static c => IsUnfit(c) ? '_' : c)) : cut;
    }

    private static bool IsUnfit(char c) => char.IsControl(c) || char.GetUnicodeCategory(c)
        is System.Globalization.UnicodeCategory.Format
        or System.Globalization.UnicodeCategory.LineSeparator
        or System.Globalization.UnicodeCategory.ParagraphSeparator
        or System.Globalization.UnicodeCategory.Surrogate;

    private static partial class Log
    {
        [LoggerMessage(2401, LogLevel.Information, "{User} of {Tenant} logged in by {Method} from {Address}")]
        public static partial void LoggedIn(ILogger logger, string tenant, string user, string method, IPAddress? address);

        [LoggerMessage(2402, LogLevel.Warning, "{Account} could not log in by {Method} from {Address}: {Reason}")]
        public static partial void LoginFailed(ILogger logger, string account, string method, string reason, IPAddress? address);

        [LoggerMessage(2403, LogLevel.Warning, "Refused: {Action} {Target} for {User} of {Tenant} from {Address}: {Reason}")]
        public static partial void Refused(ILogger logger, string action, string target, string tenant, string user, string reason, IPAddress? address);

        [LoggerMessage(2405, LogLevel.Warning, "{Count} more refusals of {Caller} were not written")]
        public static partial void Suppressed(ILogger logger, long count, string caller);

        [LoggerMessage(2404, LogLevel.Information, "Changed: {Action} {Target} by {User} for {Tenant} from {Address}")]
        public static partial void Changed(ILogger logger, string action, string target, string tenant, string user, IPAddress? address);
    }
}
