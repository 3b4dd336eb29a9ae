using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>Whoever shows credentials in a message is counted as who they are, as are those who show them in a header.</summary>
public sealed class SpeakerRateTests
{
    private static readonly string Red = $$$"""{"authentication":{"user":"red/alice","password":"{{{SecuredServer.Password}}}"}}""";
    private static readonly AuthenticationHeaderValue Bob = SecuredServer.Basic("bob");

    [Theory]
    [InlineData("User")]
    [InlineData("Tenant")]
    public async Task Publishes_of_a_session_known_by_its_id_alone_are_counted_for_its_owner(string kind)
    {
        await using var server = await StartAsync(($"Rates:{kind}:Publishes", "5"));
        var client = await server.HandshakeAsync(null, Red);

        var replies = await PublishAsync(server, client, 50);

        Assert.InRange(replies.Count(static reply => (bool)reply!["successful"]!), 5, 20);
        Assert.Equal("429:publishes_per_second,5:limit_reached", (string?)replies[^1]!["error"]);
    }

    [Fact]
    public async Task They_are_not_counted_for_the_default_tenant()
    {
        await using var server = await StartAsync(("Rates:Tenant:Publishes", "5"), ("Rates:Tenant:Handshakes", "5"), ("Rates:Tenant:Bytes", "2000"));
        var client = await server.HandshakeAsync(null, Red);
        await PublishAsync(server, client, 20);
        await PublishAsync(server, client, 20);

        using var other = await server.SendAsync(HttpMethod.Post, "/channels/news/a", Bob, "1");

        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Their_bytes_are_counted_for_their_owner()
    {
        await using var server = await StartAsync(("Rates:Tenant:Bytes", "4000"));
        var client = await server.HandshakeAsync(null, Red);

        var errors = new List<string?>();
        for (var i = 0; i < 5; i++)
        {
            errors.AddRange((await PublishAsync(server, client, 20)).Select(static reply => (string?)reply!["error"]));
        }

        Assert.Contains("429:bytes_per_second,4000:limit_reached", errors);
    }

    [Fact]
    public async Task Handshakes_are_counted_for_whom_their_message_names()
    {
        await using var server = await StartAsync(("Rates:Tenant:Handshakes", "2"));

        var replies = new List<JsonNode>();
        for (var i = 0; i < 10; i++)
        {
            replies.Add(await server.BayeuxAsync(SecuredServer.Handshake(Red)));
        }

        Assert.Equal("429:handshakes_per_second,2:limit_reached", (string?)replies[^1]["error"]);
        Assert.True((bool)(await server.BayeuxAsync(SecuredServer.Handshake(), Bob))["successful"]!);
    }

    private static Task<SecuredServer> StartAsync(params (string Key, string Value)[] rates) =>
        SecuredServer.StartAsync(null, [("Rates:BurstSeconds", "1"), .. rates]);

    private static async Task<JsonArray> PublishAsync(SecuredServer server, string client, int count)
    {
        var messages = string.Join(',', Enumerable.Range(0, count).Select(_ => SecuredServer.Publish(client, "/any/thing")));
        using var body = new StringContent($"[{messages}]", Encoding.UTF8, "application/json");
        using var response = await server.Http.PostAsync("/cometd", body);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsArray();
    }
}
