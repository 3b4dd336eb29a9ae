using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Caching.Memory;
using Tidings.Gateway.Identity.Accounts;

namespace Tidings.Gateway.Identity.Authentication;

/// <summary>
/// Log-in by password. Hashing is slow by intent, so a password that was right is remembered for a while, as a keyed hash; the account
/// is looked up each time nevertheless.
/// </summary>
internal sealed class PasswordLogin(AccountCache accounts, IPasswordHasher<User> hasher) : IDisposable
{
    private const int MaxRemembered = 10_000;
    private const int MaxLength = 1024;
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);
    private static readonly User Nobody = new() { Tenant = "", Name = "" };
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly string _nobodysHash = hasher.HashPassword(Nobody, "");
    private readonly MemoryCache _right = new(new MemoryCacheOptions { SizeLimit = MaxRemembered });

    /// <param name="name"><c>tenant/user</c>, or <c>user</c> of tenant <c>default</c>.</param>
    /// <param name="password">The password.</param>
    public async ValueTask<AuthenticationOutcome> LogInAsync(string name, string password)
    {
        if (password.Length > MaxLength || !IdentityName.TrySplit(name, out var tenant, out var userName))
        {
            return AuthenticationOutcome.Refused("malformed name or password");
        }

        var user = await accounts.UserAsync(tenant, userName);
        var account = $"{tenant}/{userName}";
        if (!IsRight(user, account, password))
        {
            return AuthenticationOutcome.Refused("wrong name or password", account);
        }

        return user!.Disabled || accounts.Rules.Tenants.GetValueOrDefault(tenant) is { Disabled: true }
            ? AuthenticationOutcome.Refused("disabled", account)
            : AuthenticationOutcome.Success(new Caller(tenant, userName, user.Roles, $"{CallerCheck.Password}:{user.Stamp}", null));
    }

    public void Dispose() => _right.Dispose();

    /// <summary>Whether a password is right; takes as long for users who do not exist.</summary>
    private bool IsRight(User? user, string account, string password)
    {
        if (user?.PasswordHash is not { } hash)
        {
            hasher.VerifyHashedPassword(Nobody, _nobodysHash, password);
            return false;
        }

        var remembered = Convert.ToHexString(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes($"{account}\n{hash}\n{password}")));
        if (_right.TryGetValue(remembered, out _))
        {
            return true;
        }

        if (hasher.VerifyHashedPassword(user, hash, password) == PasswordVerificationResult.Failed)
        {
            return false;
        }

        _right.Set(remembered, true, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Remembered });
        return true;
    }
}
