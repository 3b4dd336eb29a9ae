using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.Clients;

/// <summary>Stock clients through HAProxy, whose round-robin gives each request to another gateway.</summary>
public sealed class ClusterClientTests(LocalCluster cluster) : IClassFixture<LocalCluster>
{
    [Theory]
    [ClassData(typeof(StockClients))]
    public async Task A_stock_client_gets_every_message_once_and_in_order(string client, string transport)
    {
        var run = new ClientRun(cluster.Front.Address, client, transport);
        (await run.RunAsync()).AssertDelivered(run);
    }

    [Theory]
    [InlineData("cometd", "long-polling", "faye")]
    [InlineData("faye", "websocket", "cometd")]
    [InlineData("cometd", "websocket", "rest")]
    [InlineData("faye", "long-polling", "rest")]
    public async Task What_another_kind_of_client_publishes_arrives_all_the_same(string client, string transport, string publisher)
    {
        var run = new ClientRun(cluster.Front.Address, client, transport) { Publisher = publisher };
        (await run.RunAsync()).AssertDelivered(run);
    }

    [Theory]
    [InlineData("cometd")]
    [InlineData("faye")]
    public async Task Ten_thousand_messages_to_fifty_channels_arrive_while_requests_go_round_the_gateways(string client)
    {
        var run = new ClientRun(cluster.Front.Address, client, "long-polling")
        {
            Channels = 50,
            Messages = 10_000,
            TimeoutSeconds = 120,
        };
        var result = await run.RunAsync();
        result.AssertDelivered(run);
        AssertSharedEvenly(result.ServedBy);
    }

    /// <summary>Both gateways served the session: neither less than a third of its requests.</summary>
    static void AssertSharedEvenly(Dictionary<string, int> servedBy)
    {
        Assert.Equal(["gateway1", "gateway2"], servedBy.Keys.Order());
        Assert.All(servedBy.Values, count => Assert.InRange(count, servedBy.Values.Sum() / 3, int.MaxValue));
    }
}
