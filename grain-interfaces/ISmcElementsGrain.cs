namespace Tidings;

/// <summary>
/// The SMC elements of one type and tenant, and the order of their changes. Key: <see cref="SmcElementChange.KeyOf"/>. A change is stored,
/// then published to <c>/elements/{type}/{id}</c>; a change whose publish failed is published later, before the ones after it.
/// </summary>
[Alias("tidings.ISmcElementsGrain")]
public interface ISmcElementsGrain : IGrainWithStringKey
{
    /// <summary>The elements in the order made.</summary>
    /// <param name="trashed">Whether those in the trash, or the others.</param>
    [Alias("List")]
    Task<SmcStoredElement[]> List(bool trashed);

    /// <summary>One element; null if there is none.</summary>
    [Alias("Get")]
    Task<SmcStoredElement?> Get(string id);

    /// <summary>Makes an element.</summary>
    [Alias("Create")]
    Task<SmcElementResult> Create(string name, byte[] body, byte[] happened);

    /// <summary>The element of a name, made if there is none: the user's own.</summary>
    [Alias("Ensure")]
    Task<SmcElementResult> Ensure(string name, byte[] body, byte[] happened);

    /// <summary>Changes an element.</summary>
    [Alias("Change")]
    Task<SmcElementResult> Change(SmcElementChange change);
}

/// <summary>What is to become of an element.</summary>
public enum SmcChangeKind
{
    /// <summary>Another body.</summary>
    Update,

    /// <summary>Removed for good.</summary>
    Delete,

    /// <summary>Moved to the trash.</summary>
    Trash,

    /// <summary>Taken out of the trash.</summary>
    Restore,
}

/// <summary>A change of one element.</summary>
[GenerateSerializer, Immutable, Alias("tidings.SmcElementChange")]
public sealed record SmcElementChange
{
    /// <summary>What happens.</summary>
    [Id(0)] public required SmcChangeKind Kind { get; init; }

    /// <summary>To which element.</summary>
    [Id(1)] public required string Id { get; init; }

    /// <summary>The body of the event that tells of it, JSON.</summary>
    [Id(2)] public required byte[] Happened { get; init; }

    /// <summary>The element's new name; for an update.</summary>
    [Id(3)] public string Name { get; init; } = "";

    /// <summary>The element's new body, JSON; for an update.</summary>
    [Id(4)] public byte[] Body { get; init; } = [];

    /// <summary>Changes only an element of this revision; null changes any.</summary>
    [Id(5)] public long? IfRevision { get; init; }

    /// <summary>The grain's key.</summary>
    public static string KeyOf(string tenant, string type) => $"{tenant}/{type}";
}

/// <summary>An element as it is stored.</summary>
[GenerateSerializer, Immutable, Alias("tidings.SmcStoredElement")]
public sealed record SmcStoredElement
{
    /// <summary>Its id, unique in its type and never used again.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Its name.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>Its body as the client sent it, JSON.</summary>
    [Id(2)] public required byte[] Body { get; init; }

    /// <summary>Rises with each change.</summary>
    [Id(3)] public required long Revision { get; init; }

    /// <summary>Whether it is in the trash.</summary>
    [Id(4)] public bool IsTrashed { get; init; }
}

/// <summary>How a change ended.</summary>
public enum SmcElementStatus
{
    /// <summary>Stored.</summary>
    Done,

    /// <summary>There is no such element, or it is where it should be taken from already.</summary>
    NotFound,

    /// <summary>The element has another revision.</summary>
    Conflict,

    /// <summary>The type has as many elements as it may.</summary>
    TooMany,

    /// <summary>Too many changes wait to be published.</summary>
    Busy,
}

/// <summary>The answer to a change.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Element">The element after it; null if nothing was done.</param>
[GenerateSerializer, Immutable, Alias("tidings.SmcElementResult")]
public sealed record SmcElementResult([property: Id(0)] SmcElementStatus Status, [property: Id(1)] SmcStoredElement? Element);
