using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Tidings.Grains.Streams;

namespace Tidings.Grains.Patterns;

/// <summary>This silo's copy of the patterns that silos want, so that a publish finds them by lookup, without a call.</summary>
internal sealed class PatternIndex(IServiceProvider services, ILocalSiloDetails local)
{
    private readonly ConcurrentDictionary<string, TenantPatterns> _tenants = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _loading = new(StringComparer.Ordinal);

    /// <summary>The tenant's copy; asks the registry for it the first time.</summary>
    public ValueTask<TenantPatterns> OfAsync(string tenant) =>
        _tenants.TryGetValue(tenant, out var known) ? ValueTask.FromResult(known) : LoadAsync(tenant, atLeast: 0);

    /// <summary>Carries out a change; a change that does not follow the copy's version is answered by a fresh copy.</summary>
    public async Task ChangeAsync(PatternChange change)
    {
        if (!_tenants.TryGetValue(change.Tenant, out var known) || !known.TryChange(change))
        {
            await LoadAsync(change.Tenant, change.Version);
        }
    }

    /// <summary>Silos died, which want nothing any more and cannot say so.</summary>
    public void Forget(Func<string, bool> isGone)
    {
        foreach (var (_, patterns) in _tenants)
        {
            patterns.Forget(isGone);
        }
    }

    private async ValueTask<TenantPatterns> LoadAsync(string tenant, long atLeast)
    {
        var gate = _loading.GetOrAdd(tenant, static _ => new SemaphoreSlim(1));
        await gate.WaitAsync();
        try
        {
            if (_tenants.TryGetValue(tenant, out var known) && known.Version >= atLeast)
            {
                return known;
            }

            var registry = services.GetRequiredService<IGrainFactory>().GetGrain<IPatternRegistryGrain>(tenant);
            var copy = await registry.Copy(SiloStream.NameOf(local.SiloAddress));
            return _tenants.AddOrUpdate(
                tenant,
                static (_, fresh) => new TenantPatterns(fresh),
                static (_, old, fresh) => old.Replace(fresh),
                copy);
        }
        finally
        {
            gate.Release();
        }
    }
}

/// <summary>The patterns of one tenant with the silos that want each.</summary>
internal sealed class TenantPatterns
{
    private readonly Lock _lock = new();
    private Dictionary<string, string[]> _silos;

    public TenantPatterns(PatternCopy copy)
    {
        _silos = Index(copy);
        Version = copy.Version;
    }

    /// <summary>Rises with every change: a channel grain looks again when it differs from what it saw.</summary>
    public long Version { get; private set; }

    /// <summary>How many patterns there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _silos.Count;
            }
        }
    }

    /// <summary>Whether any silo wants a pattern.</summary>
    public bool Contains(string pattern)
    {
        lock (_lock)
        {
            return _silos.ContainsKey(pattern);
        }
    }

    /// <summary>Adds the silos whose patterns match a channel.</summary>
    public void AddSilosOf(string channel, HashSet<string> silos)
    {
        lock (_lock)
        {
            if (_silos.Count == 0)
            {
                return;
            }

            foreach (var pattern in ChannelName.PatternsOf(channel))
            {
                if (_silos.TryGetValue(pattern, out var wanting))
                {
                    silos.UnionWith(wanting);
                }
            }
        }
    }

    public bool TryChange(PatternChange change)
    {
        lock (_lock)
        {
            if (change.Version <= Version)
            {
                return true;
            }

            if (change.Version != Version + 1)
            {
                return false;
            }

            var (pattern, silo) = change.Entry;
            var others = _silos.GetValueOrDefault(pattern, []).Where(name => name != silo);
            string[] now = change.Added ? [.. others, silo] : [.. others];
            if (now.Length == 0)
            {
                _silos.Remove(pattern);
            }
            else
            {
                _silos[pattern] = now;
            }

            Version = change.Version;
            return true;
        }
    }

    /// <summary>Takes silos away that are gone; as they never come back, this is no change that others have to know of.</summary>
    public void Forget(Func<string, bool> isGone)
    {
        lock (_lock)
        {
            var gone = _silos.Values.SelectMany(static wanting => wanting).Distinct(StringComparer.Ordinal).Where(isGone).ToHashSet(StringComparer.Ordinal);
            foreach (var (pattern, wanting) in gone.Count == 0 ? [] : _silos.Where(entry => entry.Value.Any(gone.Contains)).ToList())
            {
                if (Array.TrueForAll(wanting, gone.Contains))
                {
                    _silos.Remove(pattern);
                }
                else
                {
                    _silos[pattern] = Array.FindAll(wanting, silo => !gone.Contains(silo));
                }
            }
        }
    }

    public TenantPatterns Replace(PatternCopy copy)
    {
        lock (_lock)
        {
            if (copy.Version > Version)
            {
                _silos = Index(copy);
                Version = copy.Version;
            }
        }

        return this;
    }

    private static Dictionary<string, string[]> Index(PatternCopy copy) => copy.Entries
        .GroupBy(entry => entry.Pattern, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Select(entry => entry.Silo).ToArray(), StringComparer.Ordinal);
}
