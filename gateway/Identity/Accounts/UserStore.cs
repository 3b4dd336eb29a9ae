using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tidings.Gateway.Identity.Storage;

namespace Tidings.Gateway.Identity.Accounts;

/// <inheritdoc cref="IUserStore"/>
internal sealed class UserStore(ConfiguredAccounts configured, IIdentityStorage storage) : IUserStore
{
    private const int MostAttempts = 20;

    public event Action? Changed
    {
        add
        {
            storage.Changed += value;
            configured.Changed += value;
        }

        remove
        {
            storage.Changed -= value;
            configured.Changed -= value;
        }
    }

    public async ValueTask<IReadOnlyList<Tenant>> TenantsAsync()
    {
        var tenants = (await ListAsync(IdentityTables.Tenants, "", AccountJson.Default.Tenant, static (tenant, state) => tenant with { Version = state }))
            .ToDictionary(static tenant => tenant.Name, StringComparer.Ordinal);
        foreach (var tenant in configured.Tenants)
        {
            tenants[tenant.Name] = Whole(tenants.GetValueOrDefault(tenant.Name), tenant)!;
        }

        return [.. tenants.Values.OrderBy(static tenant => tenant.Name, StringComparer.Ordinal)];
    }

    public async ValueTask<IReadOnlyList<User>> UsersAsync(string tenant)
    {
        var fixedUsers = configured.UsersOf(tenant).ToList();
        var stored = await ListAsync(IdentityTables.Users, $"{tenant}/", AccountJson.Default.User, static (user, state) => user with { Version = state });
        return [.. fixedUsers, .. stored.Where(user => !fixedUsers.Exists(other => other.Name == user.Name))];
    }

    public async ValueTask<IReadOnlyList<ApiKey>> KeysAsync(string tenant) =>
        [.. (await ListAsync(IdentityTables.Keys, "", AccountJson.Default.ApiKey, static (key, _) => key)).Where(key => key.Tenant == tenant)];

    public async ValueTask<User?> FindUserAsync(string tenant, string name) =>
        configured.Find(tenant, name) ?? await FindAsync(IdentityTables.Users, $"{tenant}/{name}", AccountJson.Default.User, static (user, state) => user with { Version = state });

    public ValueTask<ApiKey?> FindKeyAsync(string id) => FindAsync(IdentityTables.Keys, id, AccountJson.Default.ApiKey, static (key, _) => key);

    public ValueTask<bool> HasStoredUsersAsync() => storage.AnyAsync(IdentityTables.Users);

    public ValueTask<AccountChange<Tenant>> ChangeTenantAsync(string name, Func<Tenant?, Tenant?> change, string? version = null)
    {
        var fixedPart = configured.Tenants.FirstOrDefault(tenant => tenant.Name == name);
        return ChangeAsync(
            IdentityTables.Tenants,
            name,
            AccountJson.Default.Tenant,
            (stored, state) => change(Whole(stored, fixedPart) is { } whole ? whole with { Version = state } : null) is { } changed
                ? WithoutConfigured(changed, fixedPart)
                : null,
            (tenant, state) => Whole(tenant, fixedPart)! with { Version = state },
            version);
    }

    public ValueTask<AccountChange<User>> ChangeUserAsync(string tenant, string name, Func<User?, User?> change, string? version = null)
    {
        RefuseConfigured(tenant, name);
        return ChangeAsync(
            IdentityTables.Users,
            $"{tenant}/{name}",
            AccountJson.Default.User,
            (stored, state) => change(stored is null ? null : stored with { Version = state }),
            static (user, state) => user with { Version = state },
            version);
    }

    public ValueTask SaveAsync(ApiKey key) => SaveAsync(IdentityTables.Keys, key.Id, key, AccountJson.Default.ApiKey);

    public ValueTask<AccountChangeStatus> RemoveUserAsync(string tenant, string name, string? version = null)
    {
        RefuseConfigured(tenant, name);
        return RemoveAsync(IdentityTables.Users, $"{tenant}/{name}", version, () => RemoveKeysAsync(tenant, name));
    }

    public ValueTask<AccountChangeStatus> RemoveTenantAsync(string name, string? version = null) =>
        configured.Tenants.Any(tenant => tenant.Name == name)
            ? throw new ConfiguredAccountException(name)
            : RemoveAsync(IdentityTables.Tenants, name, version, () => RemoveWhatIsOfAsync(name));

    public async ValueTask<bool> WasRemovedAsync(string tenant) => await storage.GetAsync(IdentityTables.RemovedTenants, tenant) is not null;

    public ValueTask<bool> RemoveKeyAsync(string id) => RemoveAsync(IdentityTables.Keys, id);

    /// <summary>What is stored with what is configured; null where there is neither.</summary>
    private static Tenant? Whole(Tenant? stored, Tenant? configuredPart)
    {
        if (stored is null || configuredPart is null)
        {
            return stored ?? configuredPart;
        }

        var roles = new Dictionary<string, RoleOptions>(stored.Roles, StringComparer.Ordinal);
        foreach (var (name, role) in configuredPart.Roles)
        {
            roles[name] = role;
        }

        return stored with { Roles = roles };
    }

    private static Tenant WithoutConfigured(Tenant tenant, Tenant? configuredPart)
    {
        var roles = new Dictionary<string, RoleOptions>(tenant.Roles, StringComparer.Ordinal);
        foreach (var (name, role) in configuredPart?.Roles ?? [])
        {
            if (!roles.Remove(name, out var saved) || !ReferenceEquals(saved, role))
            {
                throw new ConfiguredAccountException($"Role {tenant.Name}/{name}");
            }
        }

        return tenant with { Roles = roles };
    }

    /// <summary>Reads, changes and writes if nobody else wrote meanwhile; otherwise all over.</summary>
    private async ValueTask<AccountChange<T>> ChangeAsync<T>(
        string table, string key, JsonTypeInfo<T> type, Func<T?, string, T?> change, Func<T, string, T> mark, string? version)
        where T : class
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var json = await storage.GetAsync(table, key);
            var state = AccountVersion.Of(json);
            if (version is not null && version != state)
            {
                return new AccountChange<T>(AccountChangeStatus.Mismatch, null);
            }

            if (change(json is null ? null : JsonSerializer.Deserialize(json, type), state) is not { } changed)
            {
                return new AccountChange<T>(AccountChangeStatus.Refused, null);
            }

            var next = JsonSerializer.Serialize(changed, type);
            if (await storage.ReplaceAsync(table, key, json, next))
            {
                await storage.AnnounceAsync();
                return new AccountChange<T>(AccountChangeStatus.Done, mark(changed, AccountVersion.Of(next)));
            }
        }

        return new AccountChange<T>(AccountChangeStatus.Busy, null);
    }

    /// <summary>Removes what is stored, after what belongs to it, if it is in the state that is to be removed.</summary>
    private async ValueTask<AccountChangeStatus> RemoveAsync(string table, string key, string? version, Func<Task> removeOwned)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var json = await storage.GetAsync(table, key);
            if (version is not null && version != AccountVersion.Of(json))
            {
                return AccountChangeStatus.Mismatch;
            }

            await removeOwned();
            if (json is null || await storage.RemoveAsync(table, key, json))
            {
                await storage.AnnounceAsync();
                return json is null ? AccountChangeStatus.Refused : AccountChangeStatus.Done;
            }
        }

        return AccountChangeStatus.Busy;
    }

    private async Task RemoveKeysAsync(string tenant, string user)
    {
        foreach (var key in (await KeysAsync(tenant)).Where(key => key.User == user))
        {
            await storage.RemoveAsync(IdentityTables.Keys, key.Id);
        }
    }

    private async Task RemoveWhatIsOfAsync(string tenant)
    {
        // First: the name must not be free with what the tenant leaves, whatever happens on the way.
        if (await storage.GetAsync(IdentityTables.Tenants, tenant) is not null)
        {
            await storage.PutAsync(IdentityTables.RemovedTenants, tenant, "{}");
        }

        foreach (var user in await UsersAsync(tenant))
        {
            await RemoveUserAsync(tenant, user.Name);
        }
    }

    private void RefuseConfigured(string tenant, string name)
    {
        if (configured.Find(tenant, name) is not null)
        {
            throw new ConfiguredAccountException($"{tenant}/{name}");
        }
    }

    private async ValueTask<T?> FindAsync<T>(string table, string key, JsonTypeInfo<T> type, Func<T, string, T> mark)
        where T : class => await storage.GetAsync(table, key) is { } json ? mark(JsonSerializer.Deserialize(json, type)!, AccountVersion.Of(json)) : null;

    private async ValueTask<IReadOnlyList<T>> ListAsync<T>(string table, string prefix, JsonTypeInfo<T> type, Func<T, string, T> mark) =>
        [.. (await storage.ListAsync(table, prefix)).Select(json => mark(JsonSerializer.Deserialize(json, type)!, AccountVersion.Of(json)))];

    private async ValueTask SaveAsync<T>(string table, string key, T value, JsonTypeInfo<T> type)
    {
        await storage.PutAsync(table, key, JsonSerializer.Serialize(value, type));
        await storage.AnnounceAsync();
    }

    private async ValueTask<bool> RemoveAsync(string table, string key)
    {
        var removed = await storage.RemoveAsync(table, key);
        await storage.AnnounceAsync();
        return removed;
    }
}
