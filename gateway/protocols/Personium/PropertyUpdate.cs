using System.Xml.Linq;

namespace Tidings.Protocols.Personium;

/// <summary>One step of a PROPPATCH: a property is set to a value, or removed.</summary>
/// <param name="Property">The property with its value; for a removal its name counts alone.</param>
/// <param name="IsRemoval">Whether it is removed.</param>
public readonly record struct PropertyChange(XElement Property, bool IsRemoval);

/// <summary>The body of PROPPATCH (RFC 4918, section 14.19) and what a stream collection declares in its properties.</summary>
public static class PropertyUpdate
{
    /// <summary>The queues of a stream collection: one property, replaced as a whole.</summary>
    public static readonly XName Queues = DavXml.Personium + "queues";

    /// <summary>The topics of a stream collection: one property, replaced as a whole.</summary>
    public static readonly XName Topics = DavXml.Personium + "topics";

    /// <summary>What the server itself tells of a collection, which no client sets.</summary>
    private static readonly XName[] Served = [DavXml.Dav + "resourcetype", DavXml.Dav + "acl", DavXml.Dav + "getetag"];

    /// <summary>Whether a property is the server's.</summary>
    public static bool IsServed(XName property) => Served.Contains(property);

    /// <summary>The changes in document order, as they are to be carried out; null: not the right XML.</summary>
    public static IReadOnlyList<PropertyChange>? Read(ReadOnlyMemory<byte> body, DavXmlLimits limits)
    {
        if (DavXml.Parse(body, limits) is not { } root || root.Name != DavXml.Dav + "propertyupdate")
        {
            return null;
        }

        var changes = new List<PropertyChange>();
        foreach (var step in root.Elements())
        {
            if (step.Name != DavXml.Dav + "set" && step.Name != DavXml.Dav + "remove")
            {
                return null;
            }

            var isRemoval = step.Name == DavXml.Dav + "remove";
            changes.AddRange(step.Elements(DavXml.Dav + "prop").Elements().Select(property => new PropertyChange(new XElement(property), isRemoval)));
        }

        return changes.Count > 0 ? changes : null;
    }

    /// <summary>The names that the property <c>p:queues</c> or <c>p:topics</c> declares, each once; names that cannot be addressed are left out.</summary>
    public static IReadOnlyList<string> NamesIn(XElement property)
    {
        var item = property.Name == Queues ? DavXml.Personium + "queue" : DavXml.Personium + "topic";
        return [.. property.Elements(item).Select(static element => element.Value.Trim()).Where(DavNames.IsName).Distinct(StringComparer.Ordinal)];
    }
}
