namespace Tidings.Grains.Cluster;

public sealed class ReplayTests
{
    private const string Channel = "/replayed";
    private static readonly TimeSpan ShorterThanSilence = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task A_long_replay_comes_in_parts()
    {
        await using var cluster = await TestCluster.StartAsync(1, new TidingsLimits { TailMessages = 4, ReadMessages = 7, PendingMessagesPerSession = 20 });
        var (session, channel) = await ParkedAsync(cluster, published: 100);

        Assert.Equal(SubscribeStatus.Done, (await session.Grain.Replay([new ReplayFrom(Channel, 0)])).Status);
        Assert.InRange(await session.AttachAsync(cluster.AddGateway()), 3, 20);

        await channel.PublishAsync(2);
        await session.Client.GetsExactly(Channel, 1, 102);
    }

    [Fact]
    public async Task The_place_a_client_names_outweighs_where_its_gateway_says_it_stands()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var (session, channel) = await ParkedAsync(cluster, published: 5);
        await session.AttachAsync(cluster.AddGateway());

        Assert.Equal(SubscribeStatus.Done, (await session.Grain.Replay([new ReplayFrom(Channel, 2)])).Status);
        await session.AttachAsync(cluster.AddGateway());

        await channel.PublishAsync(1);
        await session.Client.GetsExactly(Channel, 3, 6);
    }

    [Fact]
    public async Task The_gateway_has_dropped_what_waits_there_before_the_client_is_answered()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var (session, _) = await ParkedAsync(cluster, published: 5);
        var gateway = cluster.AddGateway();
        await session.AttachAsync(gateway);
        var asked = new TaskCompletionSource<Task<ReplayResult>>();
        var answeredBefore = false;
        gateway.Before = async batch =>
        {
            if (batch.Frames.Any(static frame => frame.Kind == LinkFrameKind.Restart))
            {
                var answer = await asked.Task;
                answeredBefore = await Task.WhenAny(answer, Task.Delay(ShorterThanSilence)) == answer;
            }
        };

        asked.SetResult(session.Grain.Replay([new ReplayFrom(Channel, 2)]));
        Assert.Equal(SubscribeStatus.Done, (await await asked.Task).Status);
        Assert.False(answeredBefore);
        Assert.Contains(gateway.Frames, static frame => frame.Kind == LinkFrameKind.Restart);
    }

    [Fact]
    public async Task A_gateway_that_does_not_answer_is_not_waited_for()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var (session, channel) = await ParkedAsync(cluster, published: 5);
        var stalled = cluster.AddGateway();
        await session.AttachAsync(stalled);
        stalled.Stall();

        Assert.Equal(SubscribeStatus.Done, (await session.Grain.Replay([new ReplayFrom(Channel, 2)])).Status);
        await session.AttachAsync(cluster.AddGateway());
        await channel.PublishAsync(1);
        await session.Client.GetsExactly(Channel, 3, 6);
    }

    [Fact]
    public async Task A_session_subscribes_to_what_is_replayed_and_the_rest_or_to_nothing()
    {
        await using var cluster = await TestCluster.StartAsync(1, new TidingsLimits { SubscriptionsPerSession = 2 });
        var (session, channel) = await ParkedAsync(cluster, published: 3);

        Assert.Equal(SubscribeStatus.TooMany, (await session.Grain.Replay([new(Channel, 1), new("/b", ReplayFrom.New), new("/c/*", ReplayFrom.New)])).Status);
        Assert.Equal(99, (await session.Grain.Replay([new(Channel, 99), new("/b/*", ReplayFrom.New)])).Invalid);
        Assert.Empty(await session.Grain.Subscriptions() ?? []);

        Assert.Equal(SubscribeStatus.Done, (await session.Grain.Replay([new(Channel, 1), new("/b/*", ReplayFrom.New), new("/b/*", ReplayFrom.New)])).Status);
        await session.AttachAsync(cluster.AddGateway());
        await (await cluster.ChannelAsync("/b/c")).PublishAsync(1);
        await channel.PublishAsync(1);
        await session.Client.GetsExactly(Channel, 2, 4);
        await session.Client.GetsExactly("/b/c", 1, 1);
    }

    /// <summary>A session without subscriptions or gateway, and a channel that its silo follows for another.</summary>
    private static async Task<(TestSession Session, TestChannel Channel)> ParkedAsync(TestCluster cluster, int published)
    {
        var channel = await cluster.ChannelAsync(Channel);
        var gateway = cluster.AddGateway();
        var session = await cluster.OpenAsync(gateway);
        var witness = await cluster.OpenAsync(cluster.AddGateway(), subscriptions: [Channel]);
        await session.ParkAsync(gateway);
        await channel.PublishAsync(published);
        await witness.Client.GetsExactly(Channel, 1, published);
        return (session, channel);
    }
}
