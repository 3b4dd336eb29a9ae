using System.Net;
using System.Text.Json.Nodes;

namespace Tidings.Gateway.Tests.Smc;

/// <summary>The store of elements.</summary>
[Collection(SmcServerCollection.Name)]
public sealed class SmcElementTests(SmcServer server)
{
    [Fact]
    public async Task An_element_is_made_read_changed_and_deleted()
    {
        using var client = await SmcClient.LoginAsync(server);
        using var made = await client.PostAsync("/7.2.1/elements/host", """{"name":"h1","address":"10.0.0.1"}""");
        var href = made.Headers.Location!.ToString();
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.StartsWith($"{server.Address}7.2.1/elements/host/", href);

        using var read = await client.Http.GetAsync(href);
        var element = JsonNode.Parse(await read.Content.ReadAsStringAsync())!;
        Assert.Equal(("h1", "host", "10.0.0.1"), ((string)element["name"]!, (string)element["type"]!, (string)element["address"]!));
        Assert.Equal("\"1\"", read.Headers.ETag!.Tag);

        using var changed = await client.PutAsync(href, """{"name":"h2"}""");
        Assert.Equal("\"2\"", changed.Headers.ETag!.Tag);
        Assert.Equal("h2", (string)JsonNode.Parse(await client.Http.GetStringAsync(href))!["name"]!);

        Assert.Equal(HttpStatusCode.NoContent, (await client.Http.DeleteAsync(href)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.Http.GetAsync(href)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.Http.DeleteAsync(href)).StatusCode);
    }

    [Fact]
    public async Task A_change_of_another_revision_is_refused()
    {
        using var client = await SmcClient.LoginAsync(server);
        var href = await client.CreateAsync("network", "n1");
        Assert.Equal(HttpStatusCode.OK, await PutIfAsync(client, href, "\"1\""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await PutIfAsync(client, href, "\"1\""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await PutIfAsync(client, href, "\"other\""));
        Assert.Equal(HttpStatusCode.OK, await PutIfAsync(client, href, "*"));
    }

    [Fact]
    public async Task Lists_show_what_is_not_in_the_trash_or_what_is()
    {
        using var client = await SmcClient.LoginAsync(server);
        var (kept, trashed) = (await client.CreateAsync("group", "kept"), await client.CreateAsync("group", "trashed"));
        Assert.Equal(HttpStatusCode.OK, (await client.PutAsync(trashed + "/trash")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.PutAsync(trashed + "/trash")).StatusCode);
        Assert.Equal([kept], await ListAsync(client, ""));
        Assert.Equal([trashed], await ListAsync(client, "?trashed=true"));

        Assert.Equal(HttpStatusCode.OK, (await client.PutAsync(trashed + "/restore")).StatusCode);
        Assert.Equal([kept, trashed], await ListAsync(client, ""));
    }

    [Fact]
    public async Task Another_tenant_sees_nothing_of_it()
    {
        using var one = await SmcClient.LoginAsync(server);
        using var two = await SmcClient.LoginAsync(server, "key-two", "Other");
        var href = await one.CreateAsync("domain_name", "secret");

        Assert.Equal(HttpStatusCode.NotFound, (await two.Http.GetAsync(href)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await two.PutAsync(href, """{"name":"x"}""")).StatusCode);
        Assert.Empty(JsonNode.Parse(await two.Http.GetStringAsync("/7.2/elements/domain_name"))!["result"]!.AsArray());
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("{}", HttpStatusCode.BadRequest)]
    [InlineData("""{"name":"x","name":"y"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"name":"\ud800"}""", HttpStatusCode.BadRequest)]
    public async Task A_body_that_is_no_element_is_refused(string body, HttpStatusCode status)
    {
        using var client = await SmcClient.LoginAsync(server);
        Assert.Equal(status, (await client.PostAsync("/7.2/elements/host", body)).StatusCode);
    }

    [Fact]
    public async Task Elements_are_bounded_in_size_and_number()
    {
        using var client = await SmcClient.LoginAsync(server);
        var large = new JsonObject { ["name"] = "x", ["comment"] = new string('x', 2000) }.ToJsonString();
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await client.PostAsync("/7.2/elements/log_server", large)).StatusCode);

        for (var i = 0; i < SmcServer.Elements; i++)
        {
            await client.CreateAsync("log_server", $"l{i}");
        }

        using var refused = await client.PostAsync("/7.2/elements/log_server", """{"name":"one too many"}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
    }

    /// <summary>Clients that look for a name take the first that they are given.</summary>
    [Fact]
    public async Task A_list_is_narrowed_to_a_name_or_to_a_part_of_a_text()
    {
        using var client = await SmcClient.LoginAsync(server);
        foreach (var (type, element) in new[]
        {
            ("network", """{"name":"inside"}"""), ("network", """{"name":"outside","comment":"to the world"}"""), ("address_range", """{"name":"inside"}"""),
        })
        {
            using var made = await client.PostAsync($"/7.2/elements/{type}", element);
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        }

        Assert.Equal(["network inside"], await FindAsync(client, "/network?filter=inside&exact_match=True"));
        Assert.Empty(await FindAsync(client, "/network?filter=side&exact_match=True"));
        Assert.Empty(await FindAsync(client, "/network?filter=INSIDE&exact_match=True&case_sensitive=True"));
        Assert.Equal(["network inside"], await FindAsync(client, "/network?filter=INSIDE&exact_match=True&case_sensitive=False"));
        Assert.Equal(["network inside", "network outside"], await FindAsync(client, "/network?filter=side&exact_match=False"));
        Assert.Equal(["network outside"], await FindAsync(client, "/network?filter=to*world"));
        Assert.Equal(["network inside", "address_range inside"], await FindAsync(client, "?filter=inside&exact_match=True"));
        Assert.Equal(["address_range inside"], await FindAsync(client, "?filter=inside&exact_match=True&filter_context=address_range"));
        Assert.Empty(await FindAsync(client, "?filter=inside&filter_context=unknown"));

        using var stranger = SmcClient.Stranger(server);
        using var refused = await stranger.Http.GetAsync("/7.2/elements?filter=inside");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/7.2/login")]
    [InlineData("PUT", "/7.2/elements/host")]
    [InlineData("GET", "/7.2/nothing/here")]
    [InlineData("DELETE", "/9.9/nothing")]
    public async Task What_is_not_served_is_answered_as_every_error_is(string method, string path)
    {
        using var client = await SmcClient.LoginAsync(server);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await client.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("404", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["status"]);
    }

    private static async Task<string[]> FindAsync(SmcClient client, string query) =>
        [.. JsonNode.Parse(await client.Http.GetStringAsync("/7.2/elements" + query))!["result"]!.AsArray().Select(item => $"{item!["type"]} {item["name"]}")];

    private static async Task<HttpStatusCode> PutIfAsync(SmcClient client, string href, string ifMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, href) { Content = new StringContent("""{"name":"n"}""") };
        request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        using var response = await client.Http.SendAsync(request);
        return response.StatusCode;
    }

    private static async Task<string[]> ListAsync(SmcClient client, string query) =>
        [.. JsonNode.Parse(await client.Http.GetStringAsync("/7.2.1/elements/group" + query))!["result"]!.AsArray().Select(item => (string)item!["href"]!)];
}
