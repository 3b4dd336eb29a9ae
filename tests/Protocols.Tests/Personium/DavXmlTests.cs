using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using Tidings.Protocols.Personium;

namespace Tidings.Protocols.Tests.Personium;

public sealed class DavXmlTests
{
    private const string Names = "xmlns:D=\"DAV:\" xmlns:p=\"urn:x-personium:xmlns\"";

    [Fact]
    public void MKCOL_makes_a_stream_collection() => Assert.Equal(
        new MkcolRequest { Kind = CollectionKind.Stream }, Mkcol("<D:collection/><p:stream/>"));

    [Fact]
    public void MKCOL_makes_a_plain_collection_of_a_body_that_says_so_or_of_none()
    {
        Assert.Equal(new MkcolRequest(), Mkcol("<D:collection/>"));
        Assert.Equal(new MkcolRequest(), MkcolRequest.Read(default, DavXmlLimits.Default));
    }

    [Theory]
    [InlineData("<p:stream/>")]
    [InlineData("<D:collection/><p:other/>")]
    [InlineData("<D:collection/><D:stream/>")]
    [InlineData("<D:collection/><p:stream/><p:odata/>")]
    public void MKCOL_refuses_types_that_there_are_not(string types) => Assert.NotNull(Mkcol(types)!.Refusal);

    [Fact]
    public void MKCOL_refuses_a_body_without_a_type() =>
        Assert.NotNull(MkcolRequest.Read(Text.Bytes($"<D:mkcol {Names}><D:set><D:prop/></D:set></D:mkcol>"), DavXmlLimits.Default)!.Refusal);

    [Theory]
    [InlineData("<D:mkcol")]
    [InlineData("no xml")]
    [InlineData("<mkcol/>")]
    [InlineData("<!DOCTYPE x><D:mkcol xmlns:D='DAV:'/>")]
    public void What_is_not_the_right_XML_is_none(string body) => Assert.Null(MkcolRequest.Read(Text.Bytes(body), DavXmlLimits.Default));

    [Fact]
    public void A_refusal_is_XML_of_MKCOLs_own()
    {
        var root = XElement.Parse(Text.Of(MkcolRequest.WriteRefusal("No.")));
        Assert.Equal(DavXml.Dav + "mkcol-response", root.Name);
        Assert.Equal("HTTP/1.1 403 Forbidden", root.Descendants(DavXml.Dav + "status").Single().Value);
    }

    [Fact]
    public void PROPPATCH_changes_in_order()
    {
        var changes = PropertyUpdate.Read(
            Text.Bytes($"""
            <D:propertyupdate {Names}>
              <D:set><D:prop><p:queues><p:queue>q1</p:queue></p:queues><p:topics><p:topic>t1</p:topic><p:topic> t2 </p:topic><p:topic>t1</p:topic><p:topic>a/b</p:topic></p:topics></D:prop></D:set>
              <D:remove><D:prop><p:queues/></D:prop></D:remove>
            </D:propertyupdate>
            """),
            DavXmlLimits.Default)!;
        Assert.Equal(
            [(PropertyUpdate.Queues, false), (PropertyUpdate.Topics, false), (PropertyUpdate.Queues, true)],
            changes.Select(change => (change.Property.Name, change.IsRemoval)));
        Assert.Equal(["q1"], PropertyUpdate.NamesIn(changes[0].Property));
        Assert.Equal(["t1", "t2"], PropertyUpdate.NamesIn(changes[1].Property));
    }

    [Theory]
    [InlineData("<D:propertyupdate xmlns:D='DAV:'/>")]
    [InlineData("<D:propertyupdate xmlns:D='DAV:'><D:other/></D:propertyupdate>")]
    [InlineData("<D:propfind xmlns:D='DAV:'/>")]
    public void PROPPATCH_without_changes_is_none(string body) => Assert.Null(PropertyUpdate.Read(Text.Bytes(body), DavXmlLimits.Default));

    [Fact]
    public void PROPFIND_shows_type_and_properties()
    {
        var topics = new XElement(PropertyUpdate.Topics, new XElement(DavXml.Personium + "topic", "t1"));
        var root = XElement.Parse(Text.Of(Multistatus.Found([new DavResource("https://u/c/b/col", CollectionKind.Stream, [topics])])));
        Assert.Equal(DavXml.Dav + "multistatus", root.Name);
        Assert.Equal("https://u/c/b/col", root.Descendants(DavXml.Dav + "href").Single().Value);
        Assert.Equal(
            [DavXml.Dav + "collection", DavXml.Personium + "stream"],
            root.Descendants(DavXml.Dav + "resourcetype").Single().Elements().Select(element => element.Name));
        Assert.Equal(["t1"], PropertyUpdate.NamesIn(root.Descendants(PropertyUpdate.Topics).Single()));
    }

    [Fact]
    public void PROPPATCH_answers_for_each_property()
    {
        var root = XElement.Parse(Text.Of(Multistatus.Patched("https://u/c", [new XElement(PropertyUpdate.Topics)], [PropertyUpdate.Queues])));
        Assert.Equal(
            [("HTTP/1.1 200 OK", PropertyUpdate.Topics), ("HTTP/1.1 404 Not Found", PropertyUpdate.Queues)],
            root.Descendants(DavXml.Dav + "propstat").Select(propstat =>
                (propstat.Element(DavXml.Dav + "status")!.Value, propstat.Element(DavXml.Dav + "prop")!.Elements().Single().Name)));
    }

    [Fact]
    public void Entities_are_not_expanded()
    {
        const string Bomb = """
            <!DOCTYPE D [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>
            <D:mkcol xmlns:D="DAV:">&b;&x;</D:mkcol>
            """;
        Assert.Null(DavXml.Parse(Text.Bytes(Bomb), DavXmlLimits.Default));
    }

    [Fact]
    public void Size_nesting_and_nodes_are_bounded()
    {
        Assert.Null(DavXml.Parse(Text.Bytes($"<a>{new string('x', 300_000)}</a>"), DavXmlLimits.Default));
        Assert.Null(DavXml.Parse(Text.Bytes(string.Concat(Enumerable.Repeat("<a>", 40)) + string.Concat(Enumerable.Repeat("</a>", 40))), DavXmlLimits.Default));
        Assert.Null(DavXml.Parse(Text.Bytes($"<a>{string.Concat(Enumerable.Repeat("<b/>", 10_001))}</a>"), DavXmlLimits.Default));
        Assert.NotNull(DavXml.Parse(Text.Bytes($"<a>{string.Concat(Enumerable.Repeat("<b/>", 1000))}</a>"), DavXmlLimits.Default));
    }

    [Fact]
    public void Any_bytes_are_XML_or_none() => Check.QuickThrowOnFailure(Prop.ForAll<byte, ushort>((value, place) =>
    {
        var bytes = Text.Bytes($"<?xml version=\"1.0\" encoding=\"utf-8\"?><D:acl {Names} xml:base=\"https://u/\"><D:ace>&lt;&#65;</D:ace></D:acl>");
        bytes[place % bytes.Length] = value;
        return AccessControl.Read(bytes, new Uri("https://u/c/"), DavXmlLimits.Default) is { Error: not null };
    }));

    private static MkcolRequest? Mkcol(string types) => MkcolRequest.Read(
        Text.Bytes($"<D:mkcol {Names}><D:set><D:prop><D:resourcetype>{types}</D:resourcetype></D:prop></D:set></D:mkcol>"), DavXmlLimits.Default);
}
