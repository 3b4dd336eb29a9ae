using Tidings.Grains.Fanout;

namespace Tidings.Grains.Cluster;

public sealed class CatchUpTests
{
    private const string Channel = "/catch/up";

    [Fact]
    public async Task What_is_no_longer_at_hand_is_read_from_the_log()
    {
        await using var cluster = await TestCluster.StartAsync(1, new TidingsLimits { TailMessages = 4, ReadMessages = 7 });
        await CatchUpAsync(cluster, missed: 50);
    }

    [Fact]
    public async Task A_long_backlog_comes_in_parts()
    {
        await using var cluster = await TestCluster.StartAsync(1, new TidingsLimits { TailMessages = 4, ReadMessages = 7, PendingMessagesPerSession = 20 });
        Assert.InRange(await CatchUpAsync(cluster, missed: 100), 3, 20);
    }

    [Fact]
    public async Task A_gap_is_told_where_the_log_begins_after_the_cursor()
    {
        await using var cluster = await TestCluster.StartAsync(1, new TidingsLimits { TailMessages = 4, LogMessages = 10 });
        var (session, channel) = await ParkedAsync(cluster, missed: 30);
        await session.AttachAsync(cluster.AddGateway());
        await Eventually.Is(() => session.Client.OffsetsOf(Channel).LastOrDefault() == 35, "the last message");
        Assert.Equal([new ChannelCursor(Channel, 26)], session.Client.Gaps);
        Assert.Equal([1, 2, 3, 4, 5, .. Enumerable.Range(26, 10)], session.Client.OffsetsOf(Channel));
    }

    [Fact]
    public async Task Messages_that_the_log_gave_before_they_came_live_come_once()
    {
        await using var cluster = await TestCluster.StartAsync(1, new TidingsLimits { TailMessages = 1 });
        var (session, channel) = await ParkedAsync(cluster, missed: 4);
        var claim = await cluster.Log.ClaimAsync(channel.Id);
        var late = Logs.Messages.After(claim, 0, 3);
        await cluster.Log.AppendAsync(claim, late);
        await session.AttachAsync(cluster.AddGateway());
        cluster.Service<SiloFanout>(0).Deliver(0, new ChannelBatch { Channel = channel.Id, Epoch = claim.Head.Epoch, Messages = late, Head = late[^1].Offset });
        var sentinel = await cluster.ChannelAsync("/sentinel");
        await session.Grain.Subscribe([sentinel.Id.Name]);
        await sentinel.PublishAsync();
        await session.Client.GetsExactly(sentinel.Id.Name, 1, 1);
        await session.Client.GetsExactly(Channel, 1, 12);
    }

    private static async Task<int> CatchUpAsync(TestCluster cluster, int missed)
    {
        var (session, channel) = await ParkedAsync(cluster, missed);
        var parts = await session.AttachAsync(cluster.AddGateway());
        await channel.PublishAsync(2);
        await session.Client.GetsExactly(Channel, 1, missed + 7);
        Assert.Empty(session.Client.Gaps);
        return parts;
    }

    /// <summary>A session that got five messages, was parked and missed some that its silo has seen.</summary>
    private static async Task<(TestSession Session, TestChannel Channel)> ParkedAsync(TestCluster cluster, int missed)
    {
        var channel = await cluster.ChannelAsync(Channel);
        var gateway = cluster.AddGateway();
        var session = await cluster.OpenAsync(gateway, subscriptions: [Channel]);
        var witness = await cluster.OpenAsync(cluster.AddGateway(), subscriptions: [Channel]);
        await channel.PublishAsync(5);
        await session.Client.GetsExactly(Channel, 1, 5);
        await session.ParkAsync(gateway);
        await channel.PublishAsync(missed);
        await Eventually.Is(() => witness.Client.OffsetsOf(Channel).LastOrDefault() == 5 + missed, "the messages at a session that stayed");
        return (session, channel);
    }
}
