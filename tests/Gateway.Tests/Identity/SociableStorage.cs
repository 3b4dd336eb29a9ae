using Tidings.Gateway.Identity.Storage;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>A store that answers about users only once several ask at the same time.</summary>
internal sealed class SociableStorage(IIdentityStorage inner) : IIdentityStorage
{
    private readonly TaskCompletionSource _met = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;

    public event Action? Changed
    {
        add => inner.Changed += value;
        remove => inner.Changed -= value;
    }

    /// <summary>How many must ask; 0: nobody waits.</summary>
    public int Company { get; set; }

    public async ValueTask<string?> GetAsync(string table, string key)
    {
        if (Company > 0 && table == IdentityTables.Users)
        {
            if (Interlocked.Increment(ref _waiting) >= Company)
            {
                _met.TrySetResult();
            }

            await _met.Task;
        }

        return await inner.GetAsync(table, key);
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
