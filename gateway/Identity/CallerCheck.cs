using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tidings.Gateway.Identity.Accounts;

namespace Tidings.Gateway.Identity;

/// <summary>Looks callers up again: whether what they proved themselves with still holds, and which roles they have today.</summary>
internal sealed class CallerCheck(AccountCache accounts, TimeProvider time)
{
    /// <summary>The kinds of credential, before the colon of <see cref="Caller.Credential"/>.</summary>
    public const string Password = "password", Key = "key", Token = "token", Cookie = "cookie", Issuer = "issuer";

    /// <summary>The caller as of now; null when the credential no longer holds.</summary>
    public async ValueTask<Caller?> RefreshAsync(Caller caller)
    {
        if (caller.Expires <= time.GetUtcNow() || accounts.Rules.Tenants.GetValueOrDefault(caller.Tenant) is { Disabled: true })
        {
            return null;
        }

        var user = await accounts.UserAsync(caller.Tenant, caller.User);
        var (kind, id) = Split(caller.Credential);
        if (user is { Disabled: true } || (user is null && kind != Issuer))
        {
            return null;
        }

        var holds = kind switch
        {
            Issuer => true,
            Password => id == Stamp(user!),
            Key => await accounts.KeyAsync(id) is { } key && IsGood(key),
            _ => await FindGrantAsync(id) is { } grant && grant.User == caller.User && grant.Tenant == caller.Tenant,
        };
        return !holds ? null : kind == Issuer ? caller : caller with { Roles = user!.Roles };
    }

    /// <summary>A log-in that has not ended; null if it has.</summary>
    public async ValueTask<Grant?> FindGrantAsync(string id)
    {
        if (Read(await accounts.GrantAsync(id)) is not { } grant)
        {
            return null;
        }

        // Another gateway may have prolonged it.
        return grant.Expires > time.GetUtcNow() ? grant
            : Read(await accounts.GrantAgainAsync(id)) is { } again && again.Expires > time.GetUtcNow() ? again
            : null;
    }

    public bool IsGood(ApiKey key) => !key.Disabled && !(key.Expires <= time.GetUtcNow());

    /// <summary>Changes when the password does, and tells nothing of it.</summary>
    public static string Stamp(User user) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(user.PasswordHash ?? "")))[..16];

    private static Grant? Read(string? json) => json is null ? null : JsonSerializer.Deserialize(json, AccountJson.Default.Grant);

    private static (string Kind, string Id) Split(string credential)
    {
        var colon = credential.IndexOf(':', StringComparison.Ordinal);
        return (credential[..colon], credential[(colon + 1)..]);
    }
}
