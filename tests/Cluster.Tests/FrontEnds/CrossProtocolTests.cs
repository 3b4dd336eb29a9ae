using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Tidings.Cluster.Tests.SmartRest;

namespace Tidings.Cluster.Tests.FrontEnds;

/// <summary>What one protocol's client does at one gateway, another protocol's hears of at the other.</summary>
[Collection(FrontEndCollection.Name)]
public sealed class CrossProtocolTests(FrontEndCluster cluster)
{
    [Fact]
    public async Task A_change_of_an_smc_element_reaches_a_smartrest_poller()
    {
        using var http = FrontEndCluster.ClientOf(cluster.Gateway(1), FrontEndCluster.Own);
        var xid = await SmartDevice.RegisterAsync(http, "cross", "11,400,,$.type,$.type");
        var device = new SmartDevice(http, xid);
        var id = Assert.Single(Assert.Single(await device.RowsAsync("/notification/realtime", "80")));
        await device.RowsAsync("/notification/realtime", $"81,{id},/elements/router/*");
        await device.RowsAsync("/notification/realtime", $"83,{id}");

        using var smc = await LoginAsync(cluster.Gateway(0));
        var element = await CreateAsync(smc, "router");
        Assert.Equal(HttpStatusCode.NoContent, (await smc.DeleteAsync(element)).StatusCode);

        var types = new List<string>();
        while (types.Count < 2)
            types.AddRange((await device.RowsAsync("/notification/realtime", $"83,{id}")).Where(row => row[0] == "400").Select(row => row[^1]));
        Assert.Equal(["create", "delete"], types);
    }

    [Fact]
    public async Task A_rest_publish_reaches_an_smc_socket()
    {
        await using var listener = new SmcListener(FrontEndCluster.Own, "/elements/host/of-a-service");
        await listener.OpenAsync(cluster.Gateway(1));
        await FrontEndCluster.PublishAsync(cluster.Gateway(0), FrontEndCluster.Own, "/elements/host/of-a-service", [7]);
        Assert.Equal(7, await listener.NextAsync());
    }

    [Fact]
    public async Task What_is_sent_to_a_personium_topic_over_http_reaches_a_bayeux_client()
    {
        await MakeTopicAsync("sent");
        await using var bayeux = new BayeuxSocket(FrontEndCluster.Own, "/personium/box1/sent/topic/t1");
        await bayeux.OpenAsync(cluster.Gateway(1));
        using var http = FrontEndCluster.ClientOf(cluster.Gateway(0), FrontEndCluster.Own);
        using var body = new StringContent("""{"n":8}""");
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsync("/default/box1/sent/topic/t1", body)).StatusCode);
        Assert.Equal(8, await bayeux.NextAsync());
    }

    [Fact]
    public async Task A_bayeux_publish_reaches_a_personium_socket_and_an_event_stream()
    {
        await MakeTopicAsync("heard");
        await using var topic = new TopicListener(FrontEndCluster.Own, "heard");
        await topic.OpenAsync(cluster.Gateway(1));
        await using var stream = new StreamReader(FrontEndCluster.Own, "/personium/box1/heard/topic/t1");
        await stream.OpenAsync(cluster.Gateway(1));

        using var http = FrontEndCluster.ClientOf(cluster.Gateway(0), FrontEndCluster.Own);
        var handshake = await BayeuxAsync(http, """{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}""");
        await BayeuxAsync(http, $$$"""{"channel":"/personium/box1/heard/topic/t1","clientId":"{{{(string)handshake["clientId"]!}}}","data":{"n":9}}""");

        Assert.Equal(9, await topic.NextAsync());
        Assert.Equal(9, await stream.NextAsync());
    }

    [Fact]
    public async Task Of_two_readers_at_two_gateways_each_message_of_a_queue_reaches_one()
    {
        const int Messages = 30;
        await MakeTopicAsync("shared");
        using var one = FrontEndCluster.ClientOf(cluster.Gateway(0), FrontEndCluster.Own);
        using var two = FrontEndCluster.ClientOf(cluster.Gateway(1), FrontEndCluster.Own);
        for (var n = 0; n < Messages; n++)
        {
            using var body = new StringContent($$"""{"n":{{n}}}""");
            Assert.Equal(HttpStatusCode.OK, (await one.PostAsync("/default/box1/shared/queue/q1", body)).StatusCode);
        }

        var read = await Task.WhenAll(DrainAsync(one), DrainAsync(two));
        Assert.Equal(Enumerable.Range(0, Messages), read.SelectMany(numbers => numbers).Order());
    }

    static async Task<List<int>> DrainAsync(HttpClient reader)
    {
        var numbers = new List<int>();
        while (JsonNode.Parse(await reader.GetStringAsync("/default/box1/shared/queue/q1"))!.AsArray() is { Count: > 0 } messages)
            numbers.AddRange(messages.Select(message => (int)message!["n"]!));
        return numbers;
    }

    async Task MakeTopicAsync(string collection)
    {
        const string Names = "xmlns:D=\"DAV:\" xmlns:p=\"urn:x-personium:xmlns\"";
        using var http = FrontEndCluster.ClientOf(cluster.Gateway(0), FrontEndCluster.Own);
        foreach (var (method, xml) in new[]
        {
            ("MKCOL", $"<D:mkcol {Names}><D:set><D:prop><D:resourcetype><D:collection/><p:stream/></D:resourcetype></D:prop></D:set></D:mkcol>"),
            ("PROPPATCH", $"<D:propertyupdate {Names}><D:set><D:prop><p:queues><p:queue>q1</p:queue></p:queues><p:topics><p:topic>t1</p:topic></p:topics></D:prop></D:set></D:propertyupdate>"),
        })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"/default/box1/{collection}") { Content = new StringContent(xml) };
            using var response = await http.SendAsync(request);
            Assert.True(response.IsSuccessStatusCode, $"{method}: {response.StatusCode}");
        }
    }

    static async Task<HttpClient> LoginAsync(Uri gateway)
    {
        var http = new HttpClient { BaseAddress = gateway };
        using var body = new StringContent("""{"authenticationkey":"own-key"}""", Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsync("/7.2/login", body)).StatusCode);
        return http;
    }

    static async Task<string> CreateAsync(HttpClient http, string type)
    {
        using var body = new StringContent("""{"name":"x"}""", Encoding.UTF8, "application/json");
        using var response = await http.PostAsync($"/7.2/elements/{type}", body);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return response.Headers.Location!.AbsolutePath;
    }

    static async Task<JsonNode> BayeuxAsync(HttpClient client, string message)
    {
        using var body = new StringContent($"[{message}]", Encoding.UTF8, "application/json");
        using var response = await client.PostAsync("/cometd", body);
        var reply = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsArray()[^1]!;
        Assert.True((bool)reply["successful"]!, reply.ToJsonString());
        return reply;
    }
}
