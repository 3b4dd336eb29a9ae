using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Tidings.Gateway.Tests.Identity;

namespace Tidings.Gateway.Tests.Server;

/// <summary>Publishes with an Idempotency-Key: repeated, they are stored once.</summary>
[Collection(ServerCollection.Name)]
public sealed class IdempotencyTests(GatewayServer server)
{
    private readonly string _url = "/channels" + GatewayServer.NewChannel();

    [Fact]
    public async Task A_repeated_publish_is_stored_once_and_answered_the_same()
    {
        var first = await PublishAsync("1", "order-7");
        var second = await PublishAsync("1", "order-7");
        await PublishAsync("2", "order-8");
        await PublishAsync("3", key: null);
        await PublishAsync("3", key: null);

        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(["1", "2", "3", "3"], await StoredAsync(server.Http, _url));
    }

    [Fact]
    public async Task Repeats_at_the_same_time_are_stored_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PublishAsync("1", "order-7")));

        Assert.Equal(["1"], await StoredAsync(server.Http, _url));
    }

    [Fact]
    public async Task A_key_is_of_one_channel()
    {
        await PublishAsync("1", "order-7");
        await PublishAsync(server.Http, _url + "/other", "1", "order-7");

        Assert.Equal(["1"], await StoredAsync(server.Http, _url));
        Assert.Equal(["1"], await StoredAsync(server.Http, _url + "/other"));
    }

    [Fact]
    public async Task Each_line_of_a_repeated_request_is_stored_once()
    {
        var first = await PublishAsync("1\n1\n2\n", "lines", "application/x-ndjson");
        var second = await PublishAsync("1\n1\n2\n", "lines", "application/x-ndjson");

        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(["1", "1", "2"], await StoredAsync(server.Http, _url));
    }

    [Fact]
    public async Task A_request_repeated_with_more_lines_stores_the_others()
    {
        await PublishAsync("1\n2\n", "lines", "application/x-ndjson");
        await PublishAsync("1\n2\n3\n", "lines", "application/x-ndjson");

        Assert.Equal(["1", "2", "3"], await StoredAsync(server.Http, _url));
    }

    [Fact]
    public async Task The_longest_key_is_taken() => Assert.Equal(HttpStatusCode.OK, (await PublishAsync("1", new string('k', 255))).StatusCode);

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_key_that_is_none_is_a_bad_request_and_nothing_is_stored(string? key)
    {
        var response = await PublishAsync("1", key ?? new string('k', 256));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Empty(await StoredAsync(server.Http, _url));
    }

    [Fact]
    public async Task A_key_of_one_user_is_not_that_of_another()
    {
        await using var secured = await SecuredServer.StartAsync();
        using var admin = As(secured, "admin");
        using var bob = As(secured, "bob");
        foreach (var http in new[] { admin, bob, admin, bob })
        {
            Assert.Equal(HttpStatusCode.OK, (await PublishAsync(http, "/channels/news/x", "1", "order-7")).StatusCode);
        }

        Assert.Equal(["1", "1"], await StoredAsync(admin, "/channels/news/x"));
    }

    private Task<HttpResponseMessage> PublishAsync(string body, string? key, string mediaType = "application/json") =>
        PublishAsync(server.Http, _url, body, key, mediaType);

    private static async Task<HttpResponseMessage> PublishAsync(HttpClient http, string url, string body, string? key, string mediaType = "application/json")
    {
        using var request = Request(url, body, mediaType);
        if (key is not null)
        {
            Assert.True(request.Headers.TryAddWithoutValidation("Idempotency-Key", key));
        }

        return await http.SendAsync(request);
    }

    private static HttpRequestMessage Request(string url, string body, string mediaType) =>
        new(HttpMethod.Post, url) { Content = new StringContent(body, Encoding.UTF8, mediaType) };

    /// <summary>What the channel's log holds.</summary>
    private static async Task<IEnumerable<string>> StoredAsync(HttpClient http, string url)
    {
        var read = JsonNode.Parse(await http.GetStringAsync(url))!;
        return read["messages"]!.AsArray().Select(static message => message!["data"]!.ToJsonString()).ToList();
    }

    private static HttpClient As(SecuredServer server, string user) => new()
    {
        BaseAddress = server.Address,
        DefaultRequestHeaders = { Authorization = SecuredServer.Basic(user) },
    };
}
