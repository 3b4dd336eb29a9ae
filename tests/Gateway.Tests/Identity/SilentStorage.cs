using Tidings.Gateway.Identity.Storage;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>A store that stops answering.</summary>
internal sealed class SilentStorage(IIdentityStorage inner) : IIdentityStorage
{
    public event Action? Changed
    {
        add => inner.Changed += value;
        remove => inner.Changed -= value;
    }

    public bool IsSilent { get; set; }

    public ValueTask<string?> GetAsync(string table, string key) =>
        IsSilent ? ValueTask.FromException<string?>(new TimeoutException("silent")) : inner.GetAsync(table, key);

    public ValueTask<IReadOnlyList<string>> ListAsync(string table, string prefix) => inner.ListAsync(table, prefix);

    public ValueTask<bool> AnyAsync(string table) => inner.AnyAsync(table);

    public ValueTask PutAsync(string table, string key, string value, TimeSpan? lifetime = null) => inner.PutAsync(table, key, value, lifetime);

    public ValueTask<bool> ReplaceAsync(string table, string key, string? expected, string value, TimeSpan? lifetime = null) =>
        inner.ReplaceAsync(table, key, expected, value, lifetime);

    public ValueTask<bool> RemoveAsync(string table, string key, string? expected = null) => inner.RemoveAsync(table, key, expected);

    public ValueTask<int> OwnAsync(string owner, string grant, TimeSpan lifetime, int most) => inner.OwnAsync(owner, grant, lifetime, most);

    public ValueTask AnnounceAsync() => inner.AnnounceAsync();
}
