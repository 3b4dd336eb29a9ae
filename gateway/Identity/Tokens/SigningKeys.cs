using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Tidings.Gateway.Identity.Accounts;
using Tidings.Gateway.Identity.Storage;

namespace Tidings.Gateway.Identity.Tokens;

/// <summary>
/// The keys that sign the server's own tokens (ECDSA P-256, RFC 7518 section 3.4), shared by all gateways through storage. The newest
/// signs; when it is old, whoever notices first makes the next; a key is kept until the last token it signed has ended.
/// </summary>
internal sealed class SigningKeys(IIdentityStorage storage, IOptions<IdentityOptions> options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan ReloadPause = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _lock = new(1);
    private volatile IReadOnlyList<(StoredSigningKey Stored, ECDsaSecurityKey Key)> _keys = [];
    private DateTimeOffset _loaded;

    /// <summary>The key to sign with.</summary>
    public async ValueTask<SigningCredentials> CurrentAsync()
    {
        var newest = Newest();
        if (newest is null)
        {
            await LoadAsync(() => Newest() is null);
            newest = Newest() ?? await AddAsync();
        }

        return new SigningCredentials(newest, SecurityAlgorithms.EcdsaSha256);
    }

    /// <summary>A key by its id; null if there is none. Unknown ids make it look once a second whether another gateway made a key.</summary>
    public async ValueTask<SecurityKey?> FindAsync(string? id)
    {
        if (Known(id) is { } known)
        {
            return known;
        }

        await LoadAsync(() => Known(id) is null);
        return Known(id);
    }

    public void Dispose() => _lock.Dispose();

    private ECDsaSecurityKey? Newest() =>
        _keys is [var (stored, key), ..] && stored.Created + options.Value.Tokens.KeyLifetime > time.GetUtcNow() ? key : null;

    private ECDsaSecurityKey? Known(string? id) => _keys.FirstOrDefault(key => key.Stored.Id == id).Key;

    private async Task LoadAsync(Func<bool> needed)
    {
        await _lock.WaitAsync();
        try
        {
            if (!needed() || time.GetSteadyNow() - _loaded < ReloadPause)
            {
                return;
            }

            var stored = (await storage.ListAsync(IdentityTables.SigningKeys, "")).Select(static json => JsonSerializer.Deserialize(json, AccountJson.Default.StoredSigningKey)!).ToList();
            foreach (var old in stored.Where(key => IsOver(key)).ToList())
            {
                await storage.RemoveAsync(IdentityTables.SigningKeys, old.Id);
                stored.Remove(old);
            }

            _keys = [.. stored.OrderByDescending(static key => key.Created).Select(key => (key, Known(key.Id) ?? Open(key)))];
            _loaded = time.GetSteadyNow();
        }
        finally
        {
            _lock.Release();
        }
    }

    private bool IsOver(StoredSigningKey key) => key.Created + options.Value.Tokens.KeyLifetime + (options.Value.Tokens.Lifetime * 2) < time.GetUtcNow();

    private async Task<ECDsaSecurityKey> AddAsync()
    {
        using var fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var stored = new StoredSigningKey
        {
            Id = RandomNumberGenerator.GetHexString(16, lowercase: true),
            Created = time.GetUtcNow(),
            PrivateKey = fresh.ExportPkcs8PrivateKey(),
        };
        await storage.PutAsync(IdentityTables.SigningKeys, stored.Id, JsonSerializer.Serialize(stored, AccountJson.Default.StoredSigningKey));
        var key = Open(stored);
        _keys = [(stored, key), .. _keys];
        return key;
    }

    private static ECDsaSecurityKey Open(StoredSigningKey stored)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(stored.PrivateKey, out _);
        return new ECDsaSecurityKey(key) { KeyId = stored.Id };
    }
}
