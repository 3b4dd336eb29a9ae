namespace Tidings;

/// <summary>The collections of one box of a cell, with their properties and ACLs. Key: <c>{tenant}/{box}</c>. The box itself is the collection with the empty path.</summary>
[Alias("tidings.IPersoniumBoxGrain")]
public interface IPersoniumBoxGrain : IGrainWithStringKey
{
    /// <summary>Looks a collection up, with what decides who may do something to it.</summary>
    /// <param name="path">Its path below the box, <c>dir/col1</c>; empty: the box.</param>
    /// <param name="children">Whether the collections right below it are wanted, too.</param>
    [Alias("Look")]
    Task<PersoniumView> Look(string path, bool children);

    /// <summary>Makes a collection.</summary>
    [Alias("Make")]
    Task<PersoniumResult> Make(string path, bool isStream);

    /// <summary>Carries out changes of properties in order. A queue that they declare, and that was not declared before, begins empty.</summary>
    [Alias("Patch")]
    Task<PersoniumResult> Patch(string path, PersoniumChange[] changes);

    /// <summary>Replaces an ACL.</summary>
    [Alias("SetAcl")]
    Task<PersoniumResult> SetAcl(string path, PersoniumAce[] acl);

    /// <summary>Deletes a collection with everything below it.</summary>
    [Alias("Delete")]
    Task<PersoniumResult> Delete(string path);
}

/// <summary>The boxes of a cell in which anything was ever made. Key: the tenant.</summary>
[Alias("tidings.IPersoniumBoxesGrain")]
public interface IPersoniumBoxesGrain : IGrainWithStringKey
{
    /// <summary>Notes a box. False if there are as many as <see cref="TidingsLimits.PersoniumBoxes"/> allows, and it is none of them.</summary>
    [Alias("Add")]
    Task<bool> Add(string box);
}

/// <summary>A collection of a box.</summary>
[GenerateSerializer, Immutable, Alias("tidings.PersoniumCollection")]
public sealed record PersoniumCollection
{
    /// <summary>Its path below the box.</summary>
    [Id(0)] public required string Path { get; init; }

    /// <summary>Whether it has queues and topics.</summary>
    [Id(1)] public bool IsStream { get; init; }

    /// <summary>Rises with each change; its entity tag.</summary>
    [Id(2)] public long Revision { get; init; } = 1;

    /// <summary>Its properties: XML elements.</summary>
    [Id(3)] public PersoniumProperty[] Properties { get; init; } = [];

    /// <summary>Its ACL.</summary>
    [Id(4)] public PersoniumAce[] Acl { get; init; } = [];

    /// <summary>Keys of the queues that its properties declare; null where it was stored before these were kept.</summary>
    [Id(5)] public string[]? Queues { get; init; }
}

/// <summary>A property.</summary>
/// <param name="Name">Its expanded name, <c>{namespace}name</c>.</param>
/// <param name="Xml">The element.</param>
[GenerateSerializer, Immutable, Alias("tidings.PersoniumProperty")]
public sealed record PersoniumProperty([property: Id(0)] string Name, [property: Id(1)] string Xml);

/// <summary>An entry of an ACL.</summary>
/// <param name="Role">The URL of a role; null: everyone.</param>
/// <param name="Granted">The privileges, as flags of the protocol's.</param>
[GenerateSerializer, Immutable, Alias("tidings.PersoniumAce")]
public sealed record PersoniumAce([property: Id(0)] string? Role, [property: Id(1)] int Granted);

/// <summary>A step of a change of properties.</summary>
/// <param name="Name">The property's expanded name.</param>
/// <param name="Xml">Its new value; null removes it.</param>
/// <param name="Queues">Keys of the queues that are declared after it; null: it says nothing of queues.</param>
[GenerateSerializer, Immutable, Alias("tidings.PersoniumChange")]
public sealed record PersoniumChange(
    [property: Id(0)] string Name, [property: Id(1)] string? Xml, [property: Id(2)] string[]? Queues = null);

/// <summary>A collection as it is looked at.</summary>
/// <param name="Found">The collection; null: there is none.</param>
/// <param name="Inherited">The entries of its own ACL and of every one above it, up to the box's.</param>
/// <param name="Children">The collections right below it, where they were asked for.</param>
[GenerateSerializer, Immutable, Alias("tidings.PersoniumView")]
public sealed record PersoniumView(
    [property: Id(0)] PersoniumCollection? Found, [property: Id(1)] PersoniumAce[] Inherited, [property: Id(2)] PersoniumCollection[] Children);

/// <summary>How a change ended.</summary>
public enum PersoniumStatus
{
    /// <summary>It is made and stored.</summary>
    Done,

    /// <summary>There is no such collection.</summary>
    NotFound,

    /// <summary>There is one already.</summary>
    Exists,

    /// <summary>There is nothing to make it in.</summary>
    ParentMissing,

    /// <summary>
    /// More than <see cref="TidingsLimits.PersoniumBoxes"/>, <see cref="TidingsLimits.PersoniumCollections"/> or
    /// <see cref="TidingsLimits.PersoniumCollectionBytes"/>.
    /// </summary>
    TooMany,

    /// <summary>Deeper than <see cref="TidingsLimits.PersoniumDepth"/>.</summary>
    TooDeep,
}

/// <summary>What came of a change.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Revision">The collection's revision by now.</param>
/// <param name="Missing">Names of properties that were to be removed and are not there.</param>
[GenerateSerializer, Immutable, Alias("tidings.PersoniumResult")]
public sealed record PersoniumResult([property: Id(0)] PersoniumStatus Status, [property: Id(1)] long Revision, [property: Id(2)] string[] Missing)
{
    /// <summary>A refusal.</summary>
    public static PersoniumResult Refused(PersoniumStatus status) => new(status, 0, []);
}
