namespace Tidings.Gateway.Identity.Accounts;

/// <summary>
/// Tenants with their roles, users and API keys: what is configured, and what is kept in storage. Configured entries win and cannot be
/// changed.
/// </summary>
internal interface IUserStore
{
    /// <summary>Something changed, here or on another gateway: what was read may be old.</summary>
    event Action? Changed;

    /// <summary>Every tenant with its roles.</summary>
    ValueTask<IReadOnlyList<Tenant>> TenantsAsync();

    /// <summary>The users of a tenant.</summary>
    ValueTask<IReadOnlyList<User>> UsersAsync(string tenant);

    /// <summary>The API keys of a tenant.</summary>
    ValueTask<IReadOnlyList<ApiKey>> KeysAsync(string tenant);

    /// <summary>A user; null if there is none.</summary>
    ValueTask<User?> FindUserAsync(string tenant, string name);

    /// <summary>An API key; null if there is none.</summary>
    ValueTask<ApiKey?> FindKeyAsync(string id);

    /// <summary>Whether any user is stored, beside those of the configuration.</summary>
    ValueTask<bool> HasStoredUsersAsync();

    /// <summary>Adds or changes a tenant in one step: what others change meanwhile is not lost, the change is made anew on top of it.</summary>
    /// <param name="name">The tenant.</param>
    /// <param name="change">Makes the new one of the one there, null for none; null stores nothing. May be called several times.</param>
    /// <param name="version">The state it is meant for; null for any.</param>
    /// <exception cref="ConfiguredAccountException">A role that is configured would change.</exception>
    ValueTask<AccountChange<Tenant>> ChangeTenantAsync(string name, Func<Tenant?, Tenant?> change, string? version = null);

    /// <summary>Adds or changes a user, as <see cref="ChangeTenantAsync"/> does a tenant.</summary>
    /// <exception cref="ConfiguredAccountException">The user is configured.</exception>
    ValueTask<AccountChange<User>> ChangeUserAsync(string tenant, string name, Func<User?, User?> change, string? version = null);

    /// <summary>Adds or changes an API key.</summary>
    ValueTask SaveAsync(ApiKey key);

    /// <summary>Removes a user and the user's API keys; <see cref="AccountChangeStatus.Refused"/> if there was none.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="name">The user.</param>
    /// <param name="version">The state that is to be removed; null for any.</param>
    /// <exception cref="ConfiguredAccountException">The user is configured.</exception>
    ValueTask<AccountChangeStatus> RemoveUserAsync(string tenant, string name, string? version = null);

    /// <summary>Removes a tenant with its users and keys, as <see cref="RemoveUserAsync"/> does a user.</summary>
    /// <exception cref="ConfiguredAccountException">The tenant has configured users or roles.</exception>
    ValueTask<AccountChangeStatus> RemoveTenantAsync(string name, string? version = null);

    /// <summary>Whether a tenant of a name was ever removed.</summary>
    ValueTask<bool> WasRemovedAsync(string tenant);

    /// <summary>Removes an API key. False if there was none.</summary>
    ValueTask<bool> RemoveKeyAsync(string id);
}

/// <summary>An account that comes from configuration cannot be changed through the server.</summary>
internal sealed class ConfiguredAccountException(string name) : Exception($"{name} comes from configuration and is changed there.");
