using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Identity;
using Tidings.Gateway.Identity.Accounts;

namespace Tidings.Gateway.Smc;

/// <summary>
/// The keys of SMC's configuration. It vouches for their holders, who have the roles of the user of their name, if there is one. What a key
/// began ends within a second of the key's leaving the configuration.
/// </summary>
internal sealed class SmcKeys : ICredentialSource, IDisposable
{
    private const string KindOfKey = "smc";
    private readonly IDisposable? _following;
    private volatile Known[] _known;

    public SmcKeys(IOptionsMonitor<SmcOptions> options, AccountCache accounts)
    {
        _known = Read(options.CurrentValue);
        _following = options.OnChange(changed =>
        {
            _known = Read(changed);
            accounts.LookAgain();
        });
    }

    public string Kind => KindOfKey;

    /// <summary>Who has a key, with no roles yet; null for nobody.</summary>
    /// <param name="key">The key.</param>
    /// <param name="domain">The administrative domain that is logged in to.</param>
    public Caller? Find(string key, string domain)
    {
        var hash = HashOf(key);
        Known? found = null;
        foreach (var known in _known)
        {
            // Every key is compared, so that the time tells nothing.
            if (CryptographicOperations.FixedTimeEquals(known.Hash, hash) && (known.Key.Domain is null || known.Key.Domain == domain))
            {
                found ??= known;
            }
        }

        return found is null ? null : new Caller(found.Key.Tenant, found.Key.User, [], $"{KindOfKey}:{found.Id}", null);
    }

    public Caller? Refresh(Caller caller, string id, User? user) =>
        Array.Exists(_known, known => known.Key.Tenant == caller.Tenant && known.Key.User == caller.User && known.Id == id)
            ? caller with { Roles = user?.Roles ?? [] }
            : null;

    public void Dispose() => _following?.Dispose();

    private static Known[] Read(SmcOptions options) => [.. options.Keys.Where(static key => key.Key.Length > 0 && key.User.Length > 0).Select(static key => new Known(key))];

    private static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>A key with what is compared, and with what names it where its log-ins are kept: neither tells the key.</summary>
    private sealed class Known(SmcKey key)
    {
        private const int IdIterations = 100_000;
        private const int IdBytes = 8;
        private readonly Lazy<string> _id = new(() => IdOf(key));

        public SmcKey Key => key;

        public byte[] Hash { get; } = HashOf(key.Key);

        /// <summary>As slow to guess from as a password's hash is, since keys are as people choose them; the same in every process.</summary>
        public string Id => _id.Value;

        private static string IdOf(SmcKey key) => Convert.ToHexStringLower(Rfc2898DeriveBytes.Pbkdf2(
            key.Key, Encoding.UTF8.GetBytes($"tidings smc key {key.Tenant}/{key.User}"), IdIterations, HashAlgorithmName.SHA512, IdBytes));
    }
}
