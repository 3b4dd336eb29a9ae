namespace Tidings.Gateway.Identity.Storage;

/// <summary>The tables that identity is kept in; keys in them begin with the tenant where there is one.</summary>
internal static class IdentityTables
{
    /// <summary>Tenants, by name.</summary>
    public const string Tenants = "tenants";

    /// <summary>Names of tenants that were removed, which may have left messages and more.</summary>
    public const string RemovedTenants = "removed";

    /// <summary>Users, by <c>tenant/name</c>.</summary>
    public const string Users = "users";

    /// <summary>API keys, by id.</summary>
    public const string Keys = "keys";

    /// <summary>Keys that sign tokens, by id.</summary>
    public const string SigningKeys = "signing";

    /// <summary>Log-ins, by id: entries that end by themselves.</summary>
    public const string Grants = "grants";
}

/// <summary>Keeps small JSON documents in tables, for one process or for a cluster.</summary>
internal interface IIdentityStorage
{
    /// <summary>Something changed here or, in a cluster, elsewhere: whatever was read may be old. Raised within a second.</summary>
    event Action? Changed;

    /// <summary>A document; null if there is none.</summary>
    ValueTask<string?> GetAsync(string table, string key);

    /// <summary>Every document whose key begins so; not for <see cref="IdentityTables.Grants"/>.</summary>
    ValueTask<IReadOnlyList<string>> ListAsync(string table, string prefix);

    /// <summary>Writes a document; one of <see cref="IdentityTables.Grants"/> ends by itself after its lifetime.</summary>
    ValueTask PutAsync(string table, string key, string value, TimeSpan? lifetime = null);

    /// <summary>Whether a table has documents at all; not for <see cref="IdentityTables.Grants"/>.</summary>
    ValueTask<bool> AnyAsync(string table);

    /// <summary>Writes a document in the place of the one that is expected there, null for none. False if it is another by now.</summary>
    ValueTask<bool> ReplaceAsync(string table, string key, string? expected, string value, TimeSpan? lifetime = null);

    /// <summary>Removes a document; false if there was none. With <paramref name="expected"/>, only that one, and false if it is another by now.</summary>
    ValueTask<bool> RemoveAsync(string table, string key, string? expected = null);

    /// <summary>
    /// A log-in that was just written is somebody's, who may have so many: beyond, those end that were written first. What ended so is seen within a
    /// second by every process.
    /// </summary>
    /// <returns>How many ended.</returns>
    ValueTask<int> OwnAsync(string owner, string grant, TimeSpan lifetime, int most);

    /// <summary>
    /// Tells every process at once that something changed; awaited by whoever changed it. Should that fail, the change is noticed all the same;
    /// not that a log-in is new or goes on, which nobody need be told.
    /// </summary>
    ValueTask AnnounceAsync();
}
