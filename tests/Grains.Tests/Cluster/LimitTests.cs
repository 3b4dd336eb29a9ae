using Microsoft.Extensions.Options;
using Tidings.Grains.Logs;

namespace Tidings.Grains.Cluster;

public sealed class LimitTests
{
    private const string Channel = "/limits";

    [Fact]
    public async Task A_tenant_has_so_many_sessions_and_no_more()
    {
        await using var cluster = await TestCluster.StartAsync(1, new TidingsLimits { SessionsPerTenant = 2 });
        var gateway = cluster.AddGateway();
        var first = await cluster.OpenAsync(gateway);
        await cluster.OpenAsync(gateway);
        Assert.Equal(OpenStatus.TooManySessions, await new TestSession(cluster.Client, ChannelId.DefaultTenant).TryOpenAsync(gateway));
        await cluster.OpenAsync(gateway, tenant: "another");
        Assert.True(await first.Grain.Close(SessionEnd.Disconnected));
        await cluster.OpenAsync(gateway);
    }

    [Fact]
    public async Task A_session_subscribes_to_all_that_is_asked_for_or_to_nothing()
    {
        await using var cluster = await TestCluster.StartAsync(1, new TidingsLimits { SubscriptionsPerSession = 2 });
        var session = await cluster.OpenAsync(cluster.AddGateway(), subscriptions: ["/a"]);
        Assert.Equal(SubscribeStatus.TooMany, await session.Grain.Subscribe(["/b", "/c"]));
        Assert.Equal<string>(["/a"], await session.Grain.Subscriptions() ?? []);
        Assert.Equal(SubscribeStatus.Done, await session.Grain.Subscribe(["/a", "/b", "/b"]));
    }

    [Fact]
    public async Task A_tenant_has_so_many_channels_and_no_more()
    {
        await using var cluster = await TestCluster.StartAsync(1, new TidingsLimits { ChannelsPerTenant = 2 });
        var session = await cluster.OpenAsync(cluster.AddGateway(), subscriptions: ["/a"]);
        await cluster.ChannelAsync("/b");
        var (known, next) = (await cluster.ChannelAsync("/a"), new TestChannel(cluster.Client, new ChannelId(ChannelId.DefaultTenant, "/c")));

        Assert.Equal(SubscribeStatus.TooManyChannels, await session.Grain.Subscribe(["/b", "/c"]));
        Assert.Equal(SubscribeStatus.TooManyChannels, (await session.Grain.Replay([new ReplayFrom("/d", ReplayFrom.All), new ReplayFrom("/a", ReplayFrom.New)])).Status);
        Assert.Equal<string>(["/a"], await session.Grain.Subscriptions() ?? []);
        Assert.Equal(PublishStatus.TooManyChannels, (await next.Grain.Publish([TestChannel.Item("1")])).Status);
        Assert.True(cluster.Counted(0, metrics => metrics.ChannelsRefused) >= 3);

        // Patterns and channels that exist are no further ones.
        Assert.Equal(SubscribeStatus.Done, await session.Grain.Subscribe(["/a/**", "/b"]));
        await known.PublishAsync(1);
        await session.Client.GetsExactly("/a", 1, 1);
        await Eventually.Is(async () => await cluster.ActivationsOfAsync("channel") == 2, () => "the end of what stood for channels that were refused");
    }

    [Fact]
    public async Task A_tenant_has_so_many_patterns_and_no_more()
    {
        await using var cluster = await TestCluster.StartAsync(2, new TidingsLimits { PatternsPerTenant = 2 });
        var session = await cluster.OpenAsync(cluster.AddGateway(), subscriptions: ["/a/*", "/b/**"]);
        var elsewhere = await cluster.OpenAsync(cluster.AddGateway(), silo: 1);

        Assert.Equal(SubscribeStatus.TooManyPatterns, await session.Grain.Subscribe(["/c", "/c/*"]));
        Assert.Equal(2, (await session.Grain.Subscriptions() ?? []).Length);
        Assert.Equal(SubscribeStatus.Done, await elsewhere.Grain.Subscribe(["/b/**"]));
        Assert.Equal(1, cluster.Counted(0, metrics => metrics.ChannelsRefused) + cluster.Counted(1, metrics => metrics.ChannelsRefused));
    }

    [Fact]
    public async Task Who_reads_channels_that_never_were_leaves_nothing_behind()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        for (var i = 0; i < 20; i++)
        {
            Assert.Empty((await cluster.Client.GetGrain<IChannelGrain>(new ChannelId(ChannelId.DefaultTenant, $"/never/{i}").ToKey()).Read(0, 10)).Messages);
        }

        await Eventually.Is(async () => await cluster.ActivationsOfAsync("channel") == 0, () => "the end of the activations");
    }

    [Fact]
    public async Task The_oldest_direct_message_of_a_parked_session_goes_first()
    {
        await using var cluster = await TestCluster.StartAsync(1, new TidingsLimits { DirectMessagesPerSession = 2 });
        var gateway = cluster.AddGateway();
        var session = await cluster.OpenAsync(gateway);
        await session.ParkAsync(gateway);
        for (var i = 0; i < 4; i++)
        {
            await session.Grain.Deliver(new DirectMessage { Channel = $"/{i}", Body = [] });
        }

        await session.AttachAsync(gateway);
        await Eventually.Is(() => session.Client.Directs.Length == 2, "two direct messages");
        Assert.Equal(["/2", "/3"], session.Client.Directs.Select(direct => direct.Channel));
        Assert.Equal(2, cluster.Counted(0, metrics => metrics.DirectsDropped));
    }

    [Fact]
    public async Task A_gateway_that_fell_behind_gets_everything_once_it_has_room()
    {
        await using var cluster = await TestCluster.StartAsync(1, new TidingsLimits { LinkBytes = 64 * 1024, TailMessages = 8, ReadMessages = 20 });
        var gateway = cluster.AddGateway();
        var channel = await cluster.ChannelAsync(Channel);
        var session = await cluster.OpenAsync(gateway, subscriptions: [Channel]);
        await Eventually.Is(() => gateway.Joined(session.Id), "the join");
        gateway.Stall();
        for (var i = 0; i < 100; i++)
        {
            await channel.PublishTogetherAsync(2, bytes: 2048);
        }

        await Eventually.Is(() => cluster.Counted(0, metrics => metrics.LinkOverflows) > 0, "an overflow of the link");
        gateway.Recover();
        await channel.PublishTogetherAsync(1);
        await session.Client.GetsExactly(Channel, 1, 201);
        await channel.PublishAsync(5);
        await session.Client.GetsExactly(Channel, 1, 206);
        Assert.Empty(session.Client.Gaps);
    }

    [Fact]
    public async Task A_parked_session_ends_when_its_time_is_over()
    {
        var time = new ManualTime();
        await using var cluster = await TestCluster.StartAsync(1, time: time);
        var gateway = cluster.AddGateway();
        var session = await cluster.OpenAsync(gateway, subscriptions: [Channel]);
        var other = await cluster.OpenAsync(gateway);
        await session.ParkAsync(gateway, TimeSpan.FromSeconds(10));
        await other.ParkAsync(gateway, TimeSpan.FromSeconds(30));
        time.Advance(TimeSpan.FromSeconds(11));
        await Eventually.Is(() => cluster.Counted(0, metrics => metrics.SessionsEnded) == 1, "the end of the session");
        Assert.Null((await session.Grain.Attach(gateway.Address, 1, null, onlyIfFree: false)).Description);
        Assert.NotNull(await other.Grain.Touch());
    }

    [Fact]
    public async Task A_topic_nobody_uses_is_left_and_can_be_joined_again()
    {
        var time = new ManualTime();
        var log = LogProxy.Of(new MemoryMessageLog(Options.Create(new TidingsLimits()), time));
        await using var cluster = await TestCluster.StartAsync(1, time: time, log: log);
        var session = await cluster.OpenAsync(cluster.AddGateway(), subscriptions: [Channel]);
        var channel = await cluster.ChannelAsync(Channel);
        await channel.PublishAsync(3);
        await session.Client.GetsExactly(Channel, 1, 3);
        await session.Grain.Unsubscribe([Channel]);
        time.Advance(TimeSpan.FromSeconds(31));
        await Eventually.Is(() => !((LogProxy)(object)log).IsWanted(channel.Id), "the silo's leaving");
        await channel.PublishAsync(3);
        Assert.Equal(SubscribeStatus.Done, await session.Grain.Subscribe([Channel]));
        await channel.PublishAsync(2);
        await Eventually.Is(() => session.Client.OffsetsOf(Channel).LastOrDefault() == 8, "the last message");
        Assert.Equal([1, 2, 3, 7, 8], session.Client.OffsetsOf(Channel));
    }

    [Fact]
    public async Task A_call_to_a_session_that_never_was_leaves_nothing_behind()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var unknown = new TestSession(cluster.Client, ChannelId.DefaultTenant);
        Assert.Null(await unknown.Grain.Touch());
        Assert.Null(await unknown.Grain.Subscriptions());
        Assert.Equal(SubscribeStatus.UnknownSession, await unknown.Grain.Subscribe([Channel]));
        Assert.Equal(SubscribeStatus.UnknownSession, await unknown.Grain.Unsubscribe([Channel]));
        Assert.False(await unknown.Grain.Deliver(new DirectMessage { Channel = Channel, Body = [] }));
        Assert.False(await unknown.Grain.Close(SessionEnd.Kicked));
        await Eventually.Is(async () => await cluster.ActivationsOfAsync("session") == 0, () => "the end of the activation");
    }
}
