using Microsoft.Extensions.Options;
using Tidings.Grains.Logs;

namespace Tidings.Grains.Cluster;

/// <summary>The very first message of a tenant, in a log that silos share.</summary>
public sealed class FirstMessageTests
{
    [Fact]
    public async Task It_reaches_who_subscribed_to_a_pattern_though_the_log_did_not_answer_its_append()
    {
        var log = LogProxy.Of(new MemoryMessageLog(Options.Create(new TidingsLimits()), TimeProvider.System));
        var faults = (LogProxy)(object)log;
        faults.IsShared = true;
        await using var cluster = await TestCluster.StartAsync(2, log: log);
        var session = await cluster.OpenAsync(cluster.AddGateway(), silo: 0, subscriptions: ["/first/**"]);
        var channel = new TestChannel(cluster.Client, new ChannelId(ChannelId.DefaultTenant, "/first/a"));
        var item = TestChannel.Item("1") with { Key = Guid.NewGuid() };

        // What follows tells of the channel's head only: the message itself is stored, and is not sent.
        faults.LeaveUnanswered(1);
        Assert.Equal(PublishStatus.Unavailable, (await channel.Grain.Publish([item])).Status);
        Assert.Equal(PublishStatus.Stored, (await channel.Grain.Publish([item])).Status);

        await session.Client.GetsExactly("/first/a", 1, 1);
    }
}
