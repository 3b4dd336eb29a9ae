using Microsoft.Extensions.Options;
using Tidings.Gateway.Identity;
using Tidings.Gateway.Identity.Authentication;
using Tidings.Protocols.Smc;

namespace Tidings.Gateway.Smc;

/// <summary>Knows API keys and passwords.</summary>
internal interface ISmcAccounts
{
    /// <summary>Who has a key.</summary>
    ValueTask<AuthenticationOutcome> FindByKeyAsync(HttpContext context, string key, string domain);

    /// <summary>Who has a password.</summary>
    ValueTask<AuthenticationOutcome> FindByPasswordAsync(HttpContext context, string user, string password, string domain);

    /// <summary>Who logged in once, as of now; null when what was shown then no longer holds.</summary>
    ValueTask<Caller?> RefreshAsync(SmcLoginRecord login);
}

/// <summary>
/// The server's own users, by their API keys and passwords, and the keys of SMC's configuration, whose holders need not be users. Domains say
/// the tenant of who logs in by password; a key has its own.
/// </summary>
internal sealed class SmcAccounts(CredentialChecker credentials, CallerCheck check, SmcKeys keys, IOptionsMonitor<SmcOptions> options) : ISmcAccounts
{
    public ValueTask<AuthenticationOutcome> FindByKeyAsync(HttpContext context, string key, string domain) =>
        key.StartsWith(ApiKeyLogin.Prefix, StringComparison.Ordinal)
            ? credentials.BearerAsync(context, key)
            : credentials.OtherAsync(context, "smc key", () => FindConfiguredAsync(key, domain));

    public ValueTask<AuthenticationOutcome> FindByPasswordAsync(HttpContext context, string user, string password, string domain)
    {
        var current = options.CurrentValue;
        if (user.Contains(IdentityName.Separator, StringComparison.Ordinal))
        {
            return ValueTask.FromResult(AuthenticationOutcome.Refused("malformed name"));
        }

        return current.Domains.TryGetValue(domain, out var tenant) || (tenant = domain == SmcLogin.SharedDomain ? ChannelId.DefaultTenant : null) is not null
            ? credentials.PasswordAsync(context, $"{tenant}{IdentityName.Separator}{user}", password)
            : ValueTask.FromResult(AuthenticationOutcome.Refused("unknown domain"));
    }

    public ValueTask<Caller?> RefreshAsync(SmcLoginRecord login) =>
        check.RefreshAsync(new Caller(login.Tenant, login.User, [], login.Credential, login.Expires));

    private async ValueTask<AuthenticationOutcome> FindConfiguredAsync(string key, string domain) =>
        keys.Find(key, domain) is { } found && await check.RefreshAsync(found) is { } caller
            ? AuthenticationOutcome.Success(caller)
            : AuthenticationOutcome.Refused("unknown key");
}
