using System.Xml.Linq;

namespace Tidings.Protocols.Personium;

/// <summary>A resource as PROPFIND shows it.</summary>
/// <param name="Href">Its URL.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Properties">Its other properties.</param>
public sealed record DavResource(string Href, CollectionKind Kind, IReadOnlyList<XElement> Properties);

/// <summary>Bodies of status 207 (RFC 4918, section 14.16). Their media type is <see cref="MediaType"/>, with no parameter.</summary>
public static class Multistatus
{
    /// <summary>Exactly this: Personium's own clients compare the header as a whole.</summary>
    public const string MediaType = "application/xml";

    /// <summary>The answer to PROPFIND.</summary>
    public static byte[] Found(IEnumerable<DavResource> resources) => DavXml.Write(new XElement(
        DavXml.Dav + "multistatus",
        resources.Select(static resource => Response(resource.Href, Propstat("200 OK", [ResourceType(resource.Kind), .. resource.Properties])))));

    /// <summary>The answer to PROPPATCH: what was set or removed, and what was to be removed and is not there.</summary>
    public static byte[] Patched(string href, IReadOnlyCollection<XElement> done, IReadOnlyCollection<XName> missing) => DavXml.Write(new XElement(
        DavXml.Dav + "multistatus",
        Response(
            href,
            done.Count > 0 ? Propstat("200 OK", done) : null,
            missing.Count > 0 ? Propstat("404 Not Found", missing.Select(static name => new XElement(name))) : null)));

    /// <summary>The answer to a PROPPATCH of which nothing is done, as some of what it changes is the server's (RFC 4918, sections 9.2 and 11.4).</summary>
    public static byte[] Refused(string href, IReadOnlyCollection<XName> served, IReadOnlyCollection<XName> others) => DavXml.Write(new XElement(
        DavXml.Dav + "multistatus",
        Response(
            href,
            Propstat("403 Forbidden", served.Select(static name => new XElement(name))),
            others.Count > 0 ? Propstat("424 Failed Dependency", others.Select(static name => new XElement(name))) : null)));

    private static XElement Response(string href, params ReadOnlySpan<XElement?> propstats)
    {
        var response = new XElement(DavXml.Dav + "response", new XElement(DavXml.Dav + "href", href));
        foreach (var propstat in propstats)
        {
            response.Add(propstat);
        }

        return response;
    }

    private static XElement Propstat(string status, IEnumerable<XElement> properties) => new(
        DavXml.Dav + "propstat",
        new XElement(DavXml.Dav + "prop", properties),
        new XElement(DavXml.Dav + "status", $"HTTP/1.1 {status}"));

    private static XElement ResourceType(CollectionKind kind) => new(
        DavXml.Dav + "resourcetype",
        new XElement(DavXml.Dav + "collection"),
        kind == CollectionKind.Stream ? new XElement(DavXml.Personium + "stream") : null);
}
