using System.Collections.Frozen;
using System.Text.Json;
using Tidings.Gateway.Identity.Accounts;

namespace Tidings.Gateway.Identity;

/// <summary>Looks callers up again: whether what they proved themselves with still holds, and which roles they have today.</summary>
internal sealed class CallerCheck(AccountCache accounts, IEnumerable<ICredentialSource> sources, TimeProvider time)
{
    /// <summary>The kinds of credential, before the colon of <see cref="Caller.Credential"/>.</summary>
    public const string Password = "password", Key = "key", Token = "token", Cookie = "cookie";

    private readonly FrozenDictionary<string, ICredentialSource> _sources = sources.ToFrozenDictionary(static source => source.Kind, StringComparer.Ordinal);

    /// <summary>The caller as of now; null when the credential no longer holds.</summary>
    public async ValueTask<Caller?> RefreshAsync(Caller caller)
    {
        if (caller.Expires <= time.GetUtcNow() || accounts.Rules.Tenants.GetValueOrDefault(caller.Tenant) is { Disabled: true })
        {
            return null;
        }

        var user = await accounts.UserAsync(caller.Tenant, caller.User);
        var (kind, id) = Split(caller.Credential);
        if (user is { Disabled: true })
        {
            return null;
        }

        return _sources.TryGetValue(kind, out var source) ? source.Refresh(caller, id, user)
            : user is not null && await HoldsAsync(caller, kind, id, user) ? caller with { Roles = user.Roles }
            : null;
    }

    private async ValueTask<bool> HoldsAsync(Caller caller, string kind, string id, User user) => kind switch
    {
        Password => id == user.Stamp,
        Key => await accounts.KeyAsync(id) is { } key && IsGood(key),
        _ => await FindGrantAsync(id) is { } grant && grant.User == caller.User && grant.Tenant == caller.Tenant
            && (grant.Stamp is null || grant.Stamp == user.Stamp),
    };

    /// <summary>
    /// Brings what a socket or session knows of its caller up to date, which costs nothing while no account changes. False when the
    /// credential no longer holds.
    /// </summary>
    public ValueTask<bool> IsCurrentAsync(CallerIdentity identity) =>
        ReferenceEquals(identity.LookedAt, accounts.State) && !(identity.Caller.Expires <= time.GetUtcNow()) ? ValueTask.FromResult(true) : LookAsync(identity);

    private async ValueTask<bool> LookAsync(CallerIdentity identity)
    {
        var state = accounts.State;
        if (await RefreshAsync(identity.Caller) is not { } caller)
        {
            return false;
        }

        identity.Update(caller, state);
        return true;
    }

    /// <summary>What a log-in of a caller is to remember of the password (<see cref="Grant.Stamp"/>).</summary>
    public async ValueTask<string?> StampOfAsync(Caller caller) => (await accounts.UserAsync(caller.Tenant, caller.User))?.Stamp;

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

    private static Grant? Read(string? json) => json is null ? null : JsonSerializer.Deserialize(json, AccountJson.Default.Grant);

    private static (string Kind, string Id) Split(string credential)
    {
        var colon = credential.IndexOf(':', StringComparison.Ordinal);
        return (credential[..colon], credential[(colon + 1)..]);
    }
}
