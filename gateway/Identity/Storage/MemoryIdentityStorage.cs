namespace Tidings.Gateway.Identity.Storage;

/// <summary>Keeps identity in this process. Log-ins are bounded: beyond, the one that ends first makes room.</summary>
internal class MemoryIdentityStorage(TimeProvider time, int maxGrants = 100_000, GatewayMetrics? metrics = null) : IIdentityStorage
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<string, string>> _tables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Value, DateTimeOffset Ends)> _grants = new(StringComparer.Ordinal);
    private readonly GrantOwners _owners = new();
    private readonly PriorityQueue<(string Key, DateTimeOffset Ends), DateTimeOffset> _ends = new();

    public event Action? Changed;

    public ValueTask<string?> GetAsync(string table, string key)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(Find(table, key));
        }
    }

    public ValueTask<IReadOnlyList<string>> ListAsync(string table, string prefix)
    {
        lock (_lock)
        {
            return ValueTask.FromResult<IReadOnlyList<string>>(
                [.. Table(table).Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(static entry => entry.Key, StringComparer.Ordinal).Select(static entry => entry.Value)]);
        }
    }

    public ValueTask<bool> AnyAsync(string table)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(Table(table).Count > 0);
        }
    }

    public ValueTask PutAsync(string table, string key, string value, TimeSpan? lifetime = null)
    {
        lock (_lock)
        {
            Set(table, key, value, lifetime);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> ReplaceAsync(string table, string key, string? expected, string value, TimeSpan? lifetime = null)
    {
        lock (_lock)
        {
            if (Find(table, key) != expected)
            {
                return ValueTask.FromResult(false);
            }

            Set(table, key, value, lifetime);
            return ValueTask.FromResult(true);
        }
    }

    public ValueTask<bool> RemoveAsync(string table, string key, string? expected = null)
    {
        lock (_lock)
        {
            return expected is not null && Find(table, key) != expected ? ValueTask.FromResult(false) : ValueTask.FromResult(table == IdentityTables.Grants ? RemoveGrant(key) : Remove(table, key));
        }
    }

    public ValueTask<int> OwnAsync(string owner, string grant, TimeSpan lifetime, int most)
    {
        string[] beyond;
        lock (_lock)
        {
            _owners.Add(owner, grant);
            beyond = _owners.Beyond(owner, most);
            foreach (var first in beyond)
            {
                RemoveGrant(first);
            }
        }

        if (beyond.Length > 0)
        {
            Changed?.Invoke();
        }

        return ValueTask.FromResult(beyond.Length);
    }

    public ValueTask AnnounceAsync()
    {
        Changed?.Invoke();
        return ValueTask.CompletedTask;
    }

    /// <summary>Called under the lock after tables other than log-ins changed.</summary>
    protected virtual void Save(Dictionary<string, Dictionary<string, string>> tables)
    {
    }

    /// <summary>Takes over what was saved.</summary>
    protected void Load(Dictionary<string, Dictionary<string, string>> tables)
    {
        foreach (var (name, table) in tables)
        {
            _tables[name] = new(table, StringComparer.Ordinal);
        }
    }

    private Dictionary<string, string> Table(string name) =>
        _tables.TryGetValue(name, out var table) ? table : _tables[name] = new(StringComparer.Ordinal);

    private string? Find(string table, string key) =>
        table != IdentityTables.Grants ? Table(table).GetValueOrDefault(key)
        : _grants.TryGetValue(key, out var grant) && grant.Ends > time.GetUtcNow() ? grant.Value
        : null;

    private void Set(string table, string key, string value, TimeSpan? lifetime)
    {
        if (table != IdentityTables.Grants)
        {
            var before = Table(table).GetValueOrDefault(key);
            Table(table)[key] = value;
            SaveOrUndo(table, key, before);
            return;
        }

        var ends = time.GetUtcNow() + (lifetime ?? throw new ArgumentNullException(nameof(lifetime)));
        _grants[key] = (value, ends);
        _ends.Enqueue((key, ends), ends);
        MakeRoom();
    }

    private bool RemoveGrant(string key)
    {
        _owners.Remove(key);
        return _grants.Remove(key);
    }

    private bool Remove(string table, string key)
    {
        var removed = Table(table).Remove(key, out var before);
        if (removed)
        {
            SaveOrUndo(table, key, before);
        }

        return removed;
    }

    /// <summary>What cannot be saved has not happened: else it would be in force until the next start, and gone then.</summary>
    private void SaveOrUndo(string table, string key, string? before)
    {
        try
        {
            Save(_tables);
        }
        catch
        {
            if (before is null)
            {
                Table(table).Remove(key);
            }
            else
            {
                Table(table)[key] = before;
            }

            throw;
        }
    }

    /// <summary>Forgets log-ins that ended, and where there are too many, those that end first.</summary>
    private void MakeRoom()
    {
        var now = time.GetUtcNow();
        while (_ends.TryPeek(out var first, out var ends) && (ends <= now || _grants.Count > maxGrants || _ends.Count > 2 * maxGrants))
        {
            _ends.Dequeue();
            if (_grants.TryGetValue(first.Key, out var grant) && grant.Ends == first.Ends)
            {
                RemoveGrant(first.Key);
                if (ends > now)
                {
                    metrics?.LoginsEnded.Add(1, new KeyValuePair<string, object?>("limit", "standalone"));
                }
            }
        }
    }
}
