using Tidings.Grains.Logs;

namespace Tidings.Grains.Cluster;

public sealed class RedisClusterTests(RedisServerFixture redis) : IClassFixture<RedisServerFixture>
{
    private const string Channel = "/redis/channel";

    [Fact]
    public async Task A_session_that_was_away_gets_everything_once_from_the_log_in_redis()
    {
        var limits = new TidingsLimits { TailMessages = 4, ReadMessages = 7 };
        await using var cluster = await TestCluster.StartAsync(2, limits, log: RedisLogs.Create(redis.Connection, TimeProvider.System, limits));
        var channel = await cluster.ChannelAsync(Channel, silo: 1);
        var gateway = cluster.AddGateway();
        var session = await cluster.OpenAsync(gateway, silo: 0, subscriptions: ["/redis/*"]);
        await channel.PublishAsync(5);
        await session.Client.GetsExactly(Channel, 1, 5);
        await session.ParkAsync(gateway);
        await channel.PublishAsync(50);
        await session.AttachAsync(cluster.AddGateway());
        await channel.PublishAsync(5);
        await session.Client.GetsExactly(Channel, 1, 60);
        Assert.Empty(session.Client.Gaps);
    }
}
