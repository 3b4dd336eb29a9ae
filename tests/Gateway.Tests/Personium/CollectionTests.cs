using System.Net;
using System.Xml.Linq;

namespace Tidings.Gateway.Tests.Personium;

/// <summary>Collections over HTTP. Numbers are those of the protocol's behaviour, item by item.</summary>
[Collection(PersoniumServerCollection.Name)]
public sealed class CollectionTests(PersoniumServer server)
{
    private static readonly XNamespace Dav = "DAV:";
    private static readonly XNamespace P = "urn:x-personium:xmlns";

    [Theory]
    [InlineData("resourcetype")]
    [InlineData("acl")]
    public async Task What_the_server_tells_of_a_collection_is_set_by_nobody(string property)
    {
        var path = await server.NewStreamAsync();
        var (status, body) = await server.AskAsync(
            "PROPPATCH",
            path,
            "owner",
            $"<D:propertyupdate {PersoniumServer.Namespaces}><D:set><D:prop><D:{property}><p:box/></D:{property}><D:displayname>x</D:displayname></D:prop></D:set></D:propertyupdate>");

        Assert.Equal(HttpStatusCode.MultiStatus, status);
        Assert.Contains("403 Forbidden", body, StringComparison.Ordinal);
        Assert.Contains("424 Failed Dependency", body, StringComparison.Ordinal);
        var (_, found) = await server.AskAsync("PROPFIND", path, "owner", depth: "0");
        Assert.DoesNotContain("p:box", found, StringComparison.Ordinal);
        Assert.DoesNotContain("displayname", found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_collection_is_made_and_shown() // 1
    {
        var path = PersoniumServer.NewPath();
        using var made = await server.SendAsync("MKCOL", path, "owner", PersoniumServer.MakeStream);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.NotNull(made.Headers.ETag);
        Assert.Equal("*", Assert.Single(made.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.NotEmpty(made.Headers.GetValues("X-Personium-Version"));

        using var found = await server.SendAsync("PROPFIND", path, "owner", depth: "0");
        Assert.Equal(HttpStatusCode.MultiStatus, found.StatusCode);
        Assert.Equal("application/xml", found.Content.Headers.ContentType!.ToString());
        var type = XElement.Parse(await found.Content.ReadAsStringAsync()).Descendants(Dav + "resourcetype").Single();
        Assert.NotNull(type.Element(Dav + "collection"));
        Assert.NotNull(type.Element(P + "stream"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await server.AskAsync("MKCOL", path, "owner", PersoniumServer.MakeStream)).Status);
    }

    [Fact]
    public async Task An_extension_that_is_not_known_is_refused_with_xml() // 2
    {
        var (status, body) = await server.AskAsync(
            "MKCOL", PersoniumServer.NewPath(), "owner", PersoniumServer.MakeStream.Replace("p:stream", "p:other", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Equal(Dav + "mkcol-response", XElement.Parse(body).Name);
    }

    [Fact]
    public async Task A_collection_needs_its_parent() // 3
    {
        var (status, body) = await server.AskAsync("MKCOL", PersoniumServer.NewPath() + "/below", "owner", PersoniumServer.MakeStream);
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("PR409-DV-0001", body);
    }

    [Fact]
    public async Task Topics_are_replaced_as_a_whole() // 4
    {
        var path = await server.NewStreamAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.AskAsync("POST", path + "/topic/t1", "sender", "{}")).Status);
        await server.DeclareAsync(path, "<p:topics><p:topic>t2</p:topic></p:topics>");
        Assert.Equal(HttpStatusCode.NotFound, (await server.AskAsync("POST", path + "/topic/t1", "sender", "{}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.AskAsync("POST", path + "/topic/t2", "sender", "{}")).Status);
    }

    [Fact]
    public async Task Removing_what_is_not_there_is_told() // 4
    {
        var path = await server.NewStreamAsync();
        var (status, body) = await server.AskAsync(
            "PROPPATCH", path, "owner",
            $"<D:propertyupdate {PersoniumServer.Namespaces}><D:remove><D:prop><p:queues/><p:other/></D:prop></D:remove></D:propertyupdate>");
        Assert.Equal(HttpStatusCode.MultiStatus, status);
        var statuses = XElement.Parse(body).Descendants(Dav + "propstat")
            .ToDictionary(static one => one.Element(Dav + "status")!.Value, static one => one.Element(Dav + "prop")!.Elements().Single().Name);
        Assert.Equal(P + "queues", statuses["HTTP/1.1 200 OK"]);
        Assert.Equal(P + "other", statuses["HTTP/1.1 404 Not Found"]);
    }

    [Theory] // 5
    [InlineData("<p:stream-send/>", HttpStatusCode.OK, "")]
    [InlineData("<D:stream-send/>", HttpStatusCode.BadRequest, "PR400-DV-0006")]
    public async Task A_privilege_counts_in_its_own_namespace(string privilege, HttpStatusCode expected, string code)
    {
        var path = await server.NewStreamAsync();
        var acl = $"<D:acl {PersoniumServer.Namespaces} xml:base=\"{server.Address}cell1/__role/box1/\">{PersoniumServer.Ace("reader", privilege)}</D:acl>";
        var (status, body) = await server.AskAsync("ACL", path, "owner", acl);
        Assert.Equal(expected, status);
        Assert.Contains(code, body);
    }

    [Theory]
    [InlineData("http://unit1.example/cell1/__role/box1/", HttpStatusCode.OK)]
    [InlineData("http://cell1.unit1.example/__role/box1/", HttpStatusCode.OK)]
    [InlineData("http://unit1.example/cell2/__role/box1/", HttpStatusCode.BadRequest)]
    [InlineData("http://cell2.unit1.example/__role/box1/", HttpStatusCode.BadRequest)]
    public async Task An_acl_names_roles_of_its_own_cell(string roles, HttpStatusCode expected)
    {
        var path = await server.NewStreamAsync();
        var acl = $"<D:acl {PersoniumServer.Namespaces} xml:base=\"{roles}\">{PersoniumServer.Ace("reader", "<p:stream-send/>")}</D:acl>";
        var (status, body) = await server.AskAsync("ACL", path, "owner", acl);
        Assert.Equal(expected, status);
        Assert.Equal(status == HttpStatusCode.BadRequest, body.Contains("PR400-DV-0004", StringComparison.Ordinal));
        Assert.Equal(expected == HttpStatusCode.OK ? HttpStatusCode.OK : HttpStatusCode.Forbidden, (await server.AskAsync("POST", path + "/topic/t1", "reader", "{}")).Status);
    }

    [Fact]
    public async Task An_acl_names_roles_that_there_are()
    {
        var path = await server.NewStreamAsync();
        var acl = $"<D:acl {PersoniumServer.Namespaces} xml:base=\"{server.Address}cell1/__role/box1/\">{PersoniumServer.Ace("ghosts", "<D:read/>")}</D:acl>";
        var (status, body) = await server.AskAsync("ACL", path, "owner", acl);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("PR400-DV-0004", body);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.BadRequest, "PR400-DV-0003")]
    [InlineData("2", HttpStatusCode.BadRequest, "PR400-DV-0003")]
    [InlineData("infinity", HttpStatusCode.Forbidden, "PR403-DV-0001")]
    public async Task A_depth_that_is_not_served_is_refused(string? depth, HttpStatusCode expected, string code)
    {
        var (status, body) = await server.AskAsync("PROPFIND", "/cell1/box1", "owner", depth: depth);
        Assert.Equal(expected, status);
        Assert.Contains(code, body);
    }

    [Fact]
    public async Task A_box_shows_its_collections()
    {
        var path = await server.NewStreamAsync();
        var (_, body) = await server.AskAsync("PROPFIND", "/cell1/box1", "owner", depth: "1");
        Assert.Contains(XElement.Parse(body).Descendants(Dav + "href"), href => href.Value == $"http://{server.Address.Authority}{path}");
    }

    [Fact]
    public async Task What_is_deleted_is_gone_with_its_streams()
    {
        var path = await server.NewStreamAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await server.AskAsync("DELETE", path, "writer")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await server.AskAsync("DELETE", path, "owner")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await server.AskAsync("PROPFIND", path, "owner", depth: "0")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await server.AskAsync("POST", path + "/topic/t1", "owner", "{}")).Status);
    }

    [Theory]
    [InlineData("MKCOL", "<a/>", HttpStatusCode.BadRequest)]
    [InlineData("MKCOL", "<!DOCTYPE a [<!ENTITY b \"bomb\">]><D:mkcol xmlns:D=\"DAV:\">&b;</D:mkcol>", HttpStatusCode.BadRequest)]
    [InlineData("REPORT", "", HttpStatusCode.NotImplemented)]
    public async Task Bad_bodies_and_methods_have_clear_answers(string method, string body, HttpStatusCode expected) =>
        Assert.Equal(expected, (await server.AskAsync(method, PersoniumServer.NewPath(), "owner", body)).Status);

    [Theory]
    [InlineData("/cell1/box1/a%2Fb", "MKCOL")]
    [InlineData("/cell1/box1/a:b", "MKCOL")]
    [InlineData("/cell1/box1/a%00b", "PROPFIND")]
    public async Task Names_that_cannot_be_are_refused(string path, string method)
    {
        var status = (await server.AskAsync(method, path, "owner", PersoniumServer.MakeStream, "0")).Status;
        Assert.True(status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.BadRequest, status.ToString());
    }

    [Fact]
    public async Task A_cells_collections_are_its_own()
    {
        var path = await server.NewStreamAsync();
        using var other = await server.SendAsync("PROPFIND", path, "owner", depth: "0", cell: "cell2");
        Assert.Equal(HttpStatusCode.Forbidden, other.StatusCode);
        Assert.Contains("PR403-AU-0002", await other.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_servers_own_paths_are_not_cells() =>
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await server.AskAsync("DELETE", "/channels/a/b", "owner")).Status);
}
