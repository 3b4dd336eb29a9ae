namespace Tidings.Grains.Administration;

/// <summary>How much tenants publish here, of those whose administrators look: nothing is counted of others.</summary>
internal sealed class TenantRates
{
    /// <summary>Who has not been looked at for so long is not counted any more.</summary>
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();

    // Replaced whole, so that a publish looks without waiting; null while nobody looks.
    private volatile Dictionary<string, Count>? _watched;

    /// <summary>Messages of a tenant were stored.</summary>
    public void Add(string tenant, int messages)
    {
        if (_watched is { } watched && watched.TryGetValue(tenant, out var count))
        {
            Interlocked.Add(ref count.Messages, messages);
        }
    }

    /// <summary>What a tenant published per second since the last look; null at the first in a while.</summary>
    public double? Look(string tenant, TimeProvider time)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var kept = (_watched ?? []).Where(other => time.GetElapsedTime(other.Value.LookedAt, now) < Watch).ToDictionary();
            var known = kept.GetValueOrDefault(tenant);
            var rate = known is null ? (double?)null
                : Math.Round(Interlocked.Exchange(ref known.Messages, 0) / Math.Max(0.5, time.GetElapsedTime(known.LookedAt, now).TotalSeconds), 1);
            known ??= kept[tenant] = new Count();
            known.LookedAt = now;
            _watched = kept;
            return rate;
        }
    }

    private sealed class Count
    {
        public long Messages;

        public long LookedAt;
    }
}
