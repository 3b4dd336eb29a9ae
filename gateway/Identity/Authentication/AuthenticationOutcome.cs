namespace Tidings.Gateway.Identity.Authentication;

/// <summary>What came of looking at credentials.</summary>
/// <param name="Caller">Who it is; null when the credentials are refused.</param>
/// <param name="Refusal">Why not, for the audit log and never for the client; null on success.</param>
/// <param name="Account">Whom the credentials claim, for the audit log.</param>
/// <param name="RetryAfter">Set when log-ins were tried too often: how long to wait.</param>
internal sealed record AuthenticationOutcome(Caller? Caller, string? Refusal, string? Account, TimeSpan? RetryAfter = null)
{
    public static AuthenticationOutcome Success(Caller caller) => new(caller, null, $"{caller.Tenant}/{caller.User}");

    public static AuthenticationOutcome Refused(string reason, string? account = null) => new(null, reason, account);
}
