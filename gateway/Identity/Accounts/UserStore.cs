using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tidings.Gateway.Identity.Storage;

namespace Tidings.Gateway.Identity.Accounts;

/// <inheritdoc cref="IUserStore"/>
internal sealed class UserStore(ConfiguredAccounts configured, IIdentityStorage storage) : IUserStore
{
    public event Action? Changed
    {
        add => storage.Changed += value;
        remove => storage.Changed -= value;
    }

    public async ValueTask<IReadOnlyList<Tenant>> TenantsAsync()
    {
        var tenants = (await ListAsync(IdentityTables.Tenants, "", AccountJson.Default.Tenant)).ToDictionary(static tenant => tenant.Name, StringComparer.Ordinal);
        foreach (var tenant in configured.Tenants)
        {
            tenants[tenant.Name] = tenants.TryGetValue(tenant.Name, out var stored) ? Merge(stored, tenant) : tenant;
        }

        return [.. tenants.Values.OrderBy(static tenant => tenant.Name, StringComparer.Ordinal)];
    }

    public async ValueTask<IReadOnlyList<User>> UsersAsync(string tenant)
    {
        var fixedUsers = configured.UsersOf(tenant).ToList();
        var stored = await ListAsync(IdentityTables.Users, $"{tenant}/", AccountJson.Default.User);
        return [.. fixedUsers, .. stored.Where(user => !fixedUsers.Exists(other => other.Name == user.Name))];
    }

    public async ValueTask<IReadOnlyList<ApiKey>> KeysAsync(string tenant) =>
        [.. (await ListAsync(IdentityTables.Keys, "", AccountJson.Default.ApiKey)).Where(key => key.Tenant == tenant)];

    public async ValueTask<User?> FindUserAsync(string tenant, string name) =>
        configured.Find(tenant, name) ?? await FindAsync(IdentityTables.Users, $"{tenant}/{name}", AccountJson.Default.User);

    public ValueTask<ApiKey?> FindKeyAsync(string id) => FindAsync(IdentityTables.Keys, id, AccountJson.Default.ApiKey);

    public ValueTask SaveAsync(Tenant tenant)
    {
        var roles = new Dictionary<string, RoleOptions>(tenant.Roles, StringComparer.Ordinal);
        foreach (var (name, role) in configured.Tenants.FirstOrDefault(other => other.Name == tenant.Name)?.Roles ?? [])
        {
            if (!roles.Remove(name, out var saved) || !ReferenceEquals(saved, role))
            {
                throw new ConfiguredAccountException($"Role {tenant.Name}/{name}");
            }
        }

        return SaveAsync(IdentityTables.Tenants, tenant.Name, tenant with { Roles = roles }, AccountJson.Default.Tenant);
    }

    public ValueTask SaveAsync(User user)
    {
        RefuseConfigured(user.Tenant, user.Name);
        return SaveAsync(IdentityTables.Users, $"{user.Tenant}/{user.Name}", user, AccountJson.Default.User);
    }

    public ValueTask SaveAsync(ApiKey key) => SaveAsync(IdentityTables.Keys, key.Id, key, AccountJson.Default.ApiKey);

    public async ValueTask<bool> RemoveUserAsync(string tenant, string name)
    {
        RefuseConfigured(tenant, name);
        foreach (var key in (await KeysAsync(tenant)).Where(key => key.User == name))
        {
            await storage.RemoveAsync(IdentityTables.Keys, key.Id);
        }

        return await RemoveAsync(IdentityTables.Users, $"{tenant}/{name}");
    }

    public async ValueTask<bool> RemoveTenantAsync(string name)
    {
        if (configured.Tenants.Any(tenant => tenant.Name == name))
        {
            throw new ConfiguredAccountException(name);
        }

        foreach (var user in await UsersAsync(name))
        {
            await RemoveUserAsync(name, user.Name);
        }

        return await RemoveAsync(IdentityTables.Tenants, name);
    }

    public ValueTask<bool> RemoveKeyAsync(string id) => RemoveAsync(IdentityTables.Keys, id);

    private static Tenant Merge(Tenant stored, Tenant configuredTenant)
    {
        var roles = new Dictionary<string, RoleOptions>(stored.Roles, StringComparer.Ordinal);
        foreach (var (name, role) in configuredTenant.Roles)
        {
            roles[name] = role;
        }

        return stored with { Roles = roles };
    }

    private void RefuseConfigured(string tenant, string name)
    {
        if (configured.Find(tenant, name) is not null)
        {
            throw new ConfiguredAccountException($"{tenant}/{name}");
        }
    }

    private async ValueTask<T?> FindAsync<T>(string table, string key, JsonTypeInfo<T> type)
        where T : class => await storage.GetAsync(table, key) is { } json ? JsonSerializer.Deserialize(json, type) : null;

    private async ValueTask<IReadOnlyList<T>> ListAsync<T>(string table, string prefix, JsonTypeInfo<T> type) =>
        [.. (await storage.ListAsync(table, prefix)).Select(json => JsonSerializer.Deserialize(json, type)!)];

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
