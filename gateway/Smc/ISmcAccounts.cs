using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Smc;

/// <summary>Who someone is.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="User">The user's name.</param>
internal sealed record SmcAccount(string Tenant, string User);

/// <summary>Knows API keys and passwords.</summary>
internal interface ISmcAccounts
{
    /// <summary>Who has a key; null if nobody.</summary>
    ValueTask<SmcAccount?> FindByKeyAsync(string key, string domain, CancellationToken cancellationToken);

    /// <summary>Who has a password; null if nobody.</summary>
    ValueTask<SmcAccount?> FindByPasswordAsync(string user, string password, string domain, CancellationToken cancellationToken);
}

/// <summary>The keys of the configuration; it knows no passwords.</summary>
internal sealed class ConfiguredSmcAccounts(IOptionsMonitor<SmcOptions> options) : ISmcAccounts
{
    public ValueTask<SmcAccount?> FindByKeyAsync(string key, string domain, CancellationToken cancellationToken)
    {
        SmcAccount? found = null;
        foreach (var known in options.CurrentValue.Keys)
        {
            // Every key is compared, so that the time tells nothing.
            if (IsSame(known.Key, key) && known.User.Length > 0 && (known.Domain is null || known.Domain == domain))
            {
                found ??= new SmcAccount(known.Tenant, known.User);
            }
        }

        return ValueTask.FromResult(found);
    }

    public ValueTask<SmcAccount?> FindByPasswordAsync(string user, string password, string domain, CancellationToken cancellationToken) =>
        ValueTask.FromResult<SmcAccount?>(null);

    private static bool IsSame(string known, string given) =>
        known.Length > 0
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(known)), SHA256.HashData(Encoding.UTF8.GetBytes(given)));
}
