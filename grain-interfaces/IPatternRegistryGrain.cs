namespace Tidings;

/// <summary>Which silos want which patterns of a tenant. Key: the tenant. Every silo that publishes for the tenant keeps a copy.</summary>
[Alias("tidings.IPatternRegistryGrain")]
public interface IPatternRegistryGrain : IGrainWithStringKey
{
    /// <summary>A silo wants a pattern; answers when every copy knows.</summary>
    [Alias("Add")]
    Task Add(string pattern, string silo);

    /// <summary>A silo wants a pattern no more.</summary>
    [Alias("Remove")]
    Task Remove(string pattern, string silo);

    /// <summary>Gives a silo its copy and keeps it up to date from then on.</summary>
    [Alias("Copy")]
    Task<PatternCopy> Copy(string silo);
}

/// <summary>A copy of a tenant's patterns.</summary>
/// <param name="Version">Rises by one with every change.</param>
/// <param name="Entries">Every pattern with a silo that wants it.</param>
[GenerateSerializer, Immutable, Alias("tidings.PatternCopy")]
public sealed record PatternCopy([property: Id(0)] long Version, [property: Id(1)] PatternEntry[] Entries);

/// <summary>A silo wants a pattern.</summary>
[GenerateSerializer, Immutable, Alias("tidings.PatternEntry")]
public readonly record struct PatternEntry([property: Id(0)] string Pattern, [property: Id(1)] string Silo);

/// <summary>One change of a tenant's patterns.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Version">The version it makes.</param>
/// <param name="Entry">What is meant.</param>
/// <param name="Added">Added or removed.</param>
[GenerateSerializer, Immutable, Alias("tidings.PatternChange")]
public sealed record PatternChange(
    [property: Id(0)] string Tenant, [property: Id(1)] long Version, [property: Id(2)] PatternEntry Entry, [property: Id(3)] bool Added);
