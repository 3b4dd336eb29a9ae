using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Tidings.Gateway.Identity.Accounts;

namespace Tidings.Gateway.Identity.Authentication;

/// <summary>Log-in by API key: <c>tdk_{id}_{secret}</c>, the secret 256 random bits.</summary>
internal sealed class ApiKeyLogin(AccountCache accounts, CallerCheck check)
{
    public const string Prefix = "tdk_";
    private const int SecretBytes = 32;

    /// <summary>A new key: what is stored, and what its user is told once.</summary>
    public static (ApiKey Key, string Text) New(string tenant, string user, DateTimeOffset? expires)
    {
        var id = RandomNumberGenerator.GetHexString(16, lowercase: true);
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        return (new ApiKey { Id = id, Tenant = tenant, User = user, Hash = HashOf(secret), Expires = expires }, $"{Prefix}{id}_{secret}");
    }

    public async ValueTask<AuthenticationOutcome> LogInAsync(string text)
    {
        if (text.Length > 128 || !text.StartsWith(Prefix, StringComparison.Ordinal) || text.IndexOf('_', Prefix.Length) is not (> 0 and var end))
        {
            return AuthenticationOutcome.Refused("malformed key");
        }

        var id = text[Prefix.Length..end];
        if (await accounts.KeyAsync(id) is not { } key
            || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(HashOf(text[(end + 1)..])), Encoding.ASCII.GetBytes(key.Hash)))
        {
            return AuthenticationOutcome.Refused("unknown key");
        }

        var caller = check.IsGood(key)
            ? await check.RefreshAsync(new Caller(key.Tenant, key.User, [], $"{CallerCheck.Key}:{key.Id}", key.Expires))
            : null;
        return caller is null ? AuthenticationOutcome.Refused("disabled or expired key", $"{key.Tenant}/{key.User}") : AuthenticationOutcome.Success(caller);
    }

    private static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
