using Orleans.Concurrency;

namespace Tidings;

/// <summary>
/// The SmartREST templates of one X-Id. Key: <see cref="TemplateId.ToKey"/>. A set is created once and never changed, only deleted.
/// The number it is given is an X-Id too, and leads to the same set.
/// </summary>
[Alias("tidings.ITemplateGrain")]
public interface ITemplateGrain : IGrainWithStringKey
{
    /// <summary>The set, or null if there is none.</summary>
    /// <param name="known">The version that the caller has; its source is not sent again. 0 if it has none.</param>
    [Alias("Find"), AlwaysInterleave]
    Task<TemplateRecord?> Find(long known);

    /// <summary>Creates the set; answers when it is stored.</summary>
    /// <param name="source">Rows 10 and 11, checked by the caller.</param>
    [Alias("Create")]
    Task<TemplateCreation> Create(byte[] source);

    /// <summary>Deletes the set. False if there was none.</summary>
    [Alias("Delete")]
    Task<bool> Delete();

    /// <summary>Makes this X-Id, a number, stand for another one. False if it stands for something already.</summary>
    [Alias("Claim"), AlwaysInterleave]
    Task<bool> Claim(string xid);
}

/// <summary>Counts the sets of a tenant. Key: the tenant.</summary>
[Alias("tidings.ITemplateCountGrain")]
public interface ITemplateCountGrain : IGrainWithStringKey
{
    /// <summary>Counts one more. False if there are as many as <see cref="TidingsLimits.TemplateSetsPerTenant"/> allows.</summary>
    [Alias("Add")]
    Task<bool> Add();

    /// <summary>Counts one less.</summary>
    [Alias("Remove")]
    Task Remove();
}

/// <summary>What came of a creation.</summary>
[GenerateSerializer, Alias("tidings.TemplateCreationStatus")]
public enum TemplateCreationStatus
{
    /// <summary>The set is stored.</summary>
    Created,

    /// <summary>There is one already, which stays.</summary>
    Exists,

    /// <summary>The tenant has as many as it may.</summary>
    TooMany,
}

/// <summary>What came of a creation.</summary>
/// <param name="Status">What came of it.</param>
/// <param name="Record">The set, without its source; null unless it was created.</param>
[GenerateSerializer, Immutable, Alias("tidings.TemplateCreation")]
public sealed record TemplateCreation([property: Id(0)] TemplateCreationStatus Status, [property: Id(1)] TemplateRecord? Record = null);

/// <summary>The templates of an X-Id.</summary>
/// <param name="Number">The number that is an X-Id too: positive, at most 15 digits.</param>
/// <param name="Version">Rises with every set that the X-Id is given.</param>
/// <param name="Source">Rows 10 and 11; null if the caller has this version.</param>
[GenerateSerializer, Immutable, Alias("tidings.TemplateRecord")]
public sealed record TemplateRecord([property: Id(0)] long Number, [property: Id(1)] long Version, [property: Id(2)] byte[]? Source);

/// <summary>Keys of template grains.</summary>
public static class TemplateId
{
    /// <summary>The key of an X-Id of a tenant; tenants hold no slash.</summary>
    public static string ToKey(string tenant, string xid) => $"{tenant}/{xid}";

    /// <summary>The tenant and X-Id of a key.</summary>
    public static (string Tenant, string XId) FromKey(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return (key[..slash], key[(slash + 1)..]);
    }
}
