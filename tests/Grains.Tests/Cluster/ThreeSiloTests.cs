namespace Tidings.Grains.Cluster;

public sealed class ThreeSiloTests
{
    private const string Channel = "/three";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_message_costs_one_stream_event_for_each_silo_with_subscribers(int silos)
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var gateway = cluster.AddGateway();
        var channel = await cluster.ChannelAsync(Channel, silo: 2);
        var sessions = new List<TestSession>();
        for (var i = 0; i < silos * 4; i++)
        {
            sessions.Add(await cluster.OpenAsync(gateway, i % silos, subscriptions: [Channel]));
        }

        await channel.PublishAsync();
        foreach (var session in sessions)
        {
            await session.Client.GetsExactly(Channel, 1, 1);
        }

        Assert.Equal(silos, gateway.DeliveriesOf(Channel).Length);

        // The publish, and at most the announcement of its head.
        Assert.Contains(Enumerable.Range(0, 3).Sum(silo => cluster.Counted(silo, metrics => metrics.StreamEvents)), new long[] { silos, 2 * silos });
    }

    [Fact]
    public async Task A_channel_that_goes_on_elsewhere_forgets_the_silo_that_died()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var gateway = cluster.AddGateway();
        var channel = await cluster.ChannelAsync(Channel, silo: 1);
        await cluster.OpenAsync(gateway, silo: 1, subscriptions: [Channel]);
        await channel.PublishAsync();
        var dead = cluster.NameOf(1);
        Assert.Contains(dead, (await cluster.Log.ClaimAsync(channel.Id)).Silos);

        await cluster.KillSiloAsync(1);
        await channel.PublishAsync();

        await Eventually.Is(async () => !(await cluster.Log.ClaimAsync(channel.Id)).Silos.Contains(dead), static () => "a log that knows nothing of the dead silo");
    }

    [Fact]
    public async Task Channels_and_sessions_go_on_when_a_silo_stops()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var gateway = cluster.AddGateway();
        var channel = await cluster.ChannelAsync(Channel, silo: 2);
        var named = await cluster.OpenAsync(gateway, silo: 0, subscriptions: [Channel]);
        var other = await cluster.OpenAsync(gateway, silo: 1, subscriptions: [Channel]);
        await channel.PublishAsync(5);
        await cluster.StopSiloAsync(2);
        await channel.PublishAsync(5);
        await named.Client.GetsExactly(Channel, 1, 10);
        await other.Client.GetsExactly(Channel, 1, 10);
    }
}
