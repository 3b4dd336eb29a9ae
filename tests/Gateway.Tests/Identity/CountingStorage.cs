using Tidings.Gateway.Identity.Storage;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>Counts how often log-ins are read.</summary>
internal sealed class CountingStorage(IIdentityStorage inner) : IIdentityStorage
{
    public event Action? Changed
    {
        add => inner.Changed += value;
        remove => inner.Changed -= value;
    }

    public int Reads { get; private set; }

    /// <summary>What every log-in is.</summary>
    public string? Grant { get; set; }

    public ValueTask<string?> GetAsync(string table, string key)
    {
        if (table != IdentityTables.Grants)
        {
            return inner.GetAsync(table, key);
        }

        Reads++;
        return ValueTask.FromResult(Grant);
    }

    public ValueTask<IReadOnlyList<string>> ListAsync(string table, string prefix) => inner.ListAsync(table, prefix);

    public ValueTask<bool> AnyAsync(string table) => inner.AnyAsync(table);

    public ValueTask PutAsync(string table, string key, string value, TimeSpan? lifetime = null) => inner.PutAsync(table, key, value, lifetime);

    public ValueTask<bool> ReplaceAsync(string table, string key, string? expected, string value, TimeSpan? lifetime = null) =>
        inner.ReplaceAsync(table, key, expected, value, lifetime);

    public ValueTask<bool> RemoveAsync(string table, string key, string? expected = null) => inner.RemoveAsync(table, key, expected);

    public ValueTask<int> OwnAsync(string owner, string grant, TimeSpan lifetime, int most) => inner.OwnAsync(owner, grant, lifetime, most);

    public ValueTask AnnounceAsync() => inner.AnnounceAsync();
}
