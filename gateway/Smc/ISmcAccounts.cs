using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Identity;
using Tidings.Gateway.Identity.Accounts;
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
internal sealed class SmcAccounts(
    CredentialChecker credentials, CallerCheck check, AccountCache accounts, IOptionsMonitor<SmcOptions> options) : ISmcAccounts
{
    /// <summary>Holders of configured keys are vouched for by the configuration, as another issuer's users are by it.</summary>
    private const string Configured = $"{CallerCheck.Issuer}:smc";

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

    public async ValueTask<Caller?> RefreshAsync(SmcLoginRecord login)
    {
        var credential = login.Credential.Length > 0 ? login.Credential : Configured;
        return await check.RefreshAsync(new Caller(login.Tenant, login.User, await RolesAsync(login.Tenant, login.User), credential, login.Expires));
    }

    private async ValueTask<AuthenticationOutcome> FindConfiguredAsync(string key, string domain)
    {
        SmcKey? found = null;
        foreach (var known in options.CurrentValue.Keys)
        {
            // Every key is compared, so that the time tells nothing.
            if (IsSame(known.Key, key) && known.User.Length > 0 && (known.Domain is null || known.Domain == domain))
            {
                found ??= known;
            }
        }

        return found is not null
            && await check.RefreshAsync(new Caller(found.Tenant, found.User, await RolesAsync(found.Tenant, found.User), Configured, null)) is { } caller
            ? AuthenticationOutcome.Success(caller)
            : AuthenticationOutcome.Refused("unknown key");
    }

    private async ValueTask<IReadOnlyList<string>> RolesAsync(string tenant, string user) => (await accounts.UserAsync(tenant, user))?.Roles ?? [];

    private static bool IsSame(string known, string given) =>
        known.Length > 0
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(known)), SHA256.HashData(Encoding.UTF8.GetBytes(given)));
}
