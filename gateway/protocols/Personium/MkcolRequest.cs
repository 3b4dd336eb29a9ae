using System.Xml.Linq;

namespace Tidings.Protocols.Personium;

/// <summary>What a collection is.</summary>
public enum CollectionKind
{
    /// <summary>A plain one.</summary>
    Plain,

    /// <summary>One with queues and topics.</summary>
    Stream,
}

/// <summary>The body of MKCOL (RFC 5689): what kind of collection is to be made.</summary>
public sealed record MkcolRequest
{
    /// <summary>The kind.</summary>
    public CollectionKind Kind { get; init; }

    /// <summary>Why it is refused with 403 and <see cref="WriteRefusal"/>; null if it is not.</summary>
    public string? Refusal { get; init; }

    /// <summary>Reads a body; an empty one asks for a plain collection. Null: not the right XML (<see cref="PersoniumError.XmlInvalid"/>).</summary>
    public static MkcolRequest? Read(ReadOnlyMemory<byte> body, DavXmlLimits limits)
    {
        if (body.IsEmpty)
        {
            return new MkcolRequest();
        }

        if (DavXml.Parse(body, limits) is not { } root || root.Name != DavXml.Dav + "mkcol")
        {
            return null;
        }

        var types = root.Elements(DavXml.Dav + "set").Elements(DavXml.Dav + "prop").Elements(DavXml.Dav + "resourcetype").ToArray();
        return types.Length == 1 ? OfType(types[0]) : Refused("A request names one resource type.");
    }

    /// <summary>The body of the 403 (RFC 5689, section 3).</summary>
    public static byte[] WriteRefusal(string reason) => DavXml.Write(
        new XElement(
            DavXml.Dav + "mkcol-response",
            new XElement(
                DavXml.Dav + "propstat",
                new XElement(DavXml.Dav + "prop", new XElement(DavXml.Dav + "resourcetype")),
                new XElement(DavXml.Dav + "status", "HTTP/1.1 403 Forbidden"),
                new XElement(DavXml.Dav + "error", new XElement(DavXml.Dav + "valid-resourcetype")),
                new XElement(DavXml.Dav + "responsedescription", reason))));

    private static MkcolRequest OfType(XElement type)
    {
        var names = type.Elements().Select(static element => element.Name).ToList();
        if (!names.Remove(DavXml.Dav + "collection"))
        {
            return Refused("Only collections can be made.");
        }

        return names switch
        {
            [] => new MkcolRequest(),
            [var extension] when extension == DavXml.Personium + "stream" => new MkcolRequest { Kind = CollectionKind.Stream },
            [_] => Refused("The extension is not known."),
            _ => Refused("A collection has one extension at most."),
        };
    }

    private static MkcolRequest Refused(string reason) => new() { Refusal = reason };
}
