using System.Xml.Linq;

namespace Tidings.Protocols.Personium;

/// <summary>One entry of an ACL.</summary>
/// <param name="Role">The absolute URL of a role; null is everyone.</param>
/// <param name="Granted">What it may do.</param>
public sealed record AccessEntry(string? Role, Privileges Granted);

/// <summary>The body of ACL (RFC 3744, section 8.1) as far as Personium has it: roles and everyone are granted privileges.</summary>
public sealed class AccessControl
{
    private static readonly XName Base = XNamespace.Xml + "base";

    private AccessControl(PersoniumError error) => Error = error;

    private AccessControl(IReadOnlyList<AccessEntry> entries) => Entries = entries;

    /// <summary>The entries, in the order given.</summary>
    public IReadOnlyList<AccessEntry> Entries { get; } = [];

    /// <summary>Why there are none; null if there are.</summary>
    public PersoniumError? Error { get; }

    /// <summary>Reads a body. Hrefs of roles are resolved against <c>xml:base</c>, or else against <paramref name="location"/>.</summary>
    public static AccessControl Read(ReadOnlyMemory<byte> body, Uri location, DavXmlLimits limits)
    {
        if (DavXml.Parse(body, limits) is not { } root || root.Name != DavXml.Dav + "acl")
        {
            return new AccessControl(PersoniumError.AclInvalid);
        }

        var start = root.Attribute(Base) is { } given && Uri.TryCreate(location, given.Value, out var resolved) ? resolved : location;
        var entries = new List<AccessEntry>();
        foreach (var ace in root.Elements())
        {
            if (ReadEntry(ace, start) is not { } entry)
            {
                return new AccessControl(PersoniumError.AclContentInvalid);
            }

            entries.Add(entry);
        }

        return new AccessControl(entries);
    }

    /// <summary>The ACL as the property <c>D:acl</c> shows it.</summary>
    public static XElement ToProperty(IEnumerable<AccessEntry> entries) => new(
        DavXml.Dav + "acl",
        entries.Select(static entry => new XElement(
            DavXml.Dav + "ace",
            new XElement(DavXml.Dav + "principal", entry.Role is { } role ? new XElement(DavXml.Dav + "href", role) : new XElement(DavXml.Dav + "all")),
            new XElement(
                DavXml.Dav + "grant",
                PrivilegeNames.NamesOf(entry.Granted).Select(static name => new XElement(DavXml.Dav + "privilege", new XElement(name)))))));

    private static AccessEntry? ReadEntry(XElement ace, Uri start)
    {
        if (ace.Name != DavXml.Dav + "ace"
            || Only(ace, "principal") is not { } principal || Only(ace, "grant") is not { } grant
            || principal.Elements().ToArray() is not [var who])
        {
            return null;
        }

        var privileges = grant.Elements().ToArray();
        if (privileges.Length == 0 || !Array.TrueForAll(privileges, IsPrivilege))
        {
            return null;
        }

        var granted = privileges.Aggregate(Privileges.None, static (sum, element) => sum | PrivilegeNames.Of(element.Elements().Single().Name));
        if (who.Name == DavXml.Dav + "all")
        {
            return new AccessEntry(null, granted);
        }

        return who.Name == DavXml.Dav + "href" && Uri.TryCreate(start, who.Value.Trim(), out var role)
            ? new AccessEntry(role.AbsoluteUri, granted)
            : null;
    }

    private static bool IsPrivilege(XElement element) =>
        element.Name == DavXml.Dav + "privilege"
        && element.Elements().ToArray() is [var name]
        && PrivilegeNames.Of(name.Name) != Privileges.None;

    private static XElement? Only(XElement parent, string name) =>
        parent.Elements(DavXml.Dav + name).ToArray() is [var child] ? child : null;
}
