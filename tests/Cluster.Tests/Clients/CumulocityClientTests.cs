namespace Tidings.Cluster.Tests.Clients;

/// <summary>Cumulocity's own client receives alarms through HAProxy, whose round-robin gives each request to another gateway.</summary>
public sealed class CumulocityClientTests(CumulocityCluster cluster) : IClassFixture<CumulocityCluster>
{
    [Theory]
    [InlineData("websocket")]
    [InlineData("long-polling")]
    public async Task Items_64_and_80_it_gets_every_alarm_once_and_in_order(string transport)
    {
        var run = cluster.Run(transport, 500);
        (await run.RunAsync()).AssertDelivered(run);
    }
}
