using System.Xml;
using System.Xml.Linq;

namespace Tidings.Protocols.Personium;

/// <summary>What the readers of XML bodies accept.</summary>
public sealed record DavXmlLimits
{
    /// <summary>The defaults.</summary>
    public static DavXmlLimits Default { get; } = new();

    /// <summary>Characters of a document. Default 262,144.</summary>
    public int MaxCharacters { get; init; } = 256 * 1024;

    /// <summary>Nesting of elements. Default 32.</summary>
    public int MaxDepth { get; init; } = 32;

    /// <summary>Elements and attributes of a document. Default 10,000.</summary>
    public int MaxNodes { get; init; } = 10_000;
}

/// <summary>XML of clients and for clients. Document types are refused, so there are no entities that could grow or point anywhere.</summary>
public static class DavXml
{
    /// <summary>WebDAV's namespace (RFC 4918).</summary>
    public static readonly XNamespace Dav = "DAV:";

    /// <summary>Personium's namespace.</summary>
    public static readonly XNamespace Personium = "urn:x-personium:xmlns";

    private static readonly XmlWriterSettings Output = new() { Encoding = new System.Text.UTF8Encoding(false), CloseOutput = false };

    /// <summary>The root element; null if the body is not well-formed, has a document type, or goes beyond a limit.</summary>
    public static XElement? Parse(ReadOnlyMemory<byte> body, DavXmlLimits limits)
    {
        try
        {
            return IsBounded(body, limits) ? LoadFrom(body, limits) : null;
        }
        catch (Exception exception) when (exception is XmlException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The document as bytes: UTF-8 with a declaration, the namespaces declared once with the prefixes <c>D</c> and <c>p</c>.</summary>
    public static byte[] Write(XElement root)
    {
        root.SetAttributeValue(XNamespace.Xmlns + "D", Dav.NamespaceName);
        root.SetAttributeValue(XNamespace.Xmlns + "p", Personium.NamespaceName);
        using var output = new MemoryStream();
        using (var writer = XmlWriter.Create(output, Output))
        {
            root.Save(writer);
        }

        return output.ToArray();
    }

    private static bool IsBounded(ReadOnlyMemory<byte> body, DavXmlLimits limits)
    {
        using var reader = Open(body, limits);
        var nodes = 0;
        while (reader.Read())
        {
            nodes += 1 + reader.AttributeCount;
            if (reader.Depth >= limits.MaxDepth || nodes > limits.MaxNodes)
            {
                return false;
            }
        }

        return true;
    }

    private static XElement LoadFrom(ReadOnlyMemory<byte> body, DavXmlLimits limits)
    {
        using var reader = Open(body, limits);
        reader.MoveToContent();
        return XElement.Load(reader);
    }

    private static XmlReader Open(ReadOnlyMemory<byte> body, DavXmlLimits limits) =>
        XmlReader.Create(new MemoryStream(body.ToArray(), writable: false), new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = limits.MaxCharacters,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
        });
}
