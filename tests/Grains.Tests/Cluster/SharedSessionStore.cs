using System.Collections.Concurrent;
using Tidings.Grains.Sessions;

namespace Tidings.Grains.Cluster;

/// <summary>Records of sessions that all silos of this process share, as a cluster's silos share Redis.</summary>
internal sealed class SharedSessionStore(TimeProvider time) : ISessionStore
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _due = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (long Owner, SessionRecord Record)> _records = new(StringComparer.Ordinal);

    public bool IsDurable => true;

    public bool HasForgotten { get; set; }

    public ValueTask<(long Owner, SessionRecord Record)?> ClaimAsync(string key)
    {
        while (_records.TryGetValue(key, out var known))
        {
            var mine = (known.Owner + 1, known.Record);
            if (_records.TryUpdate(key, mine, known))
            {
                return new(mine);
            }
        }

        _due.TryRemove(key, out _);
        return default;
    }

    public ValueTask<bool> WriteAsync(string key, long owner, SessionRecord record, TimeSpan life, TimeSpan due)
    {
        var isMine = _records.AddOrUpdate(key, (owner, record), (_, known) => known.Owner > owner ? known : (owner, record)).Owner == owner;
        if (isMine)
        {
            _due[key] = time.GetUtcNow() + due;
        }

        return new(isMine);
    }

    public ValueTask RemoveAsync(string key, long owner)
    {
        if (_records.TryGetValue(key, out var known) && known.Owner <= owner)
        {
            _records.TryRemove(key, out _);
            _due.TryRemove(key, out _);
        }

        return default;
    }

    public ValueTask<string[]> TakeDueAsync(int most, TimeSpan again)
    {
        var now = time.GetUtcNow();
        string[] taken = [.. _due.Where(entry => entry.Value <= now).OrderBy(static entry => entry.Value).Take(most).Select(static entry => entry.Key)];
        foreach (var key in taken)
        {
            _due[key] = now + again;
        }

        return new(taken);
    }
}
