using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Tidings.Protocols.SmartRest;

namespace Tidings.Gateway.SmartRest;

/// <summary>
/// The template sets of all tenants, compiled once per version and shared by whoever uses them. A bounded cache: what is not in it
/// is asked of the set's grain.
/// </summary>
internal sealed partial class TemplateSets(
    IClusterClient cluster, IOptions<SmartRestOptions> options, IOptions<TidingsLimits> limits, TimeProvider time, ILogger<TemplateSets> logger) : IDisposable
{
    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = options.Value.CachedTemplateBytes });
    private SmartRestLimits Limits => options.Value.LimitsOf(limits.Value);

    /// <summary>The set of an X-Id; null if there is none.</summary>
    public ValueTask<CachedTemplates?> FindAsync(string tenant, string? xid)
    {
        if (xid is not { Length: > 0 } || xid.Length > Limits.MaxXIdLength)
        {
            return ValueTask.FromResult<CachedTemplates?>(null);
        }

        var key = TemplateId.ToKey(tenant, xid);
        return _cache.TryGetValue(key, out CachedTemplates? cached) && time.GetSteadyNow() - cached!.CheckedAt < options.Value.TemplateFreshness
            ? ValueTask.FromResult<CachedTemplates?>(cached)
            : new(LoadAsync(key, cached));
    }

    /// <summary>Creates the set of an X-Id.</summary>
    public Task<TemplateCreation> CreateAsync(string tenant, string xid, TemplateSet set) =>
        cluster.GetGrain<ITemplateGrain>(TemplateId.ToKey(tenant, xid)).Create(set.Source.ToArray());

    /// <summary>Deletes the set of an X-Id; other gateways notice within <see cref="SmartRestOptions.TemplateFreshness"/>. False if there was none.</summary>
    public async Task<bool> DeleteAsync(string tenant, string xid)
    {
        var deleted = xid.Length <= Limits.MaxXIdLength && await cluster.GetGrain<ITemplateGrain>(TemplateId.ToKey(tenant, xid)).Delete();
        _cache.Clear(); // the set is known by its number, too, and deletions are rare
        return deleted;
    }

    public void Dispose() => _cache.Dispose();

    private async Task<CachedTemplates?> LoadAsync(string key, CachedTemplates? cached)
    {
        var record = await cluster.GetGrain<ITemplateGrain>(key).Find(cached?.Version ?? 0);
        if (record is null)
        {
            _cache.Remove(key);
            return null;
        }

        if (record.Source is null && cached is not null)
        {
            cached.CheckedAt = time.GetSteadyNow();
            return cached;
        }

        if (TemplateSet.Compile(record.Source, Limits, out var errors) is not { } set)
        {
            Log.NotCompiled(logger, key, errors[0].Text);
            return null;
        }

        var compiled = new CachedTemplates(set, record.Number, record.Version) { CheckedAt = time.GetSteadyNow() };
        return _cache.Set(key, compiled, new MemoryCacheEntryOptions { Size = record.Source!.Length + key.Length });
    }

    private static partial class Log
    {
        [LoggerMessage(2701, LogLevel.Warning, "The stored templates {Key} do not fit the limits configured here: {Reason}")]
        public static partial void NotCompiled(ILogger logger, string key, string reason);
    }
}

/// <summary>A set as a gateway keeps it.</summary>
/// <param name="Set">The set.</param>
/// <param name="Number">The number that is an X-Id too.</param>
/// <param name="Version">The version that is compiled.</param>
internal sealed record CachedTemplates(TemplateSet Set, long Number, long Version)
{
    /// <summary>When its grain last said that it is the current one.</summary>
    public DateTimeOffset CheckedAt { get; set; }
}
