using Tidings.Grains.Sessions;

namespace Tidings.Grains.Cluster;

/// <summary>Sessions whose silo ends go on from another one.</summary>
public sealed class RecoveryTests
{
    private const string Named = "/recovery/named";
    private const string Fresh = "/recovery/fresh";
    private const string Other = "/recovery/other";

    [Theory]
    [InlineData(true, Named)]
    [InlineData(true, "/recovery/**")]
    [InlineData(false, Named)]
    [InlineData(false, "/recovery/**")]
    public async Task A_gateway_that_knows_all_places_goes_on_without_a_hole_and_without_doubles(bool crash, string subscription)
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var (session, channel, gateway) = await SubscribedAsync(cluster, subscription);

        await EndSiloAsync(cluster, crash);
        await channel.PublishAsync(5);
        await AttachAsync(session, cluster.AddGateway(), await CompleteAsync(cluster, session, gateway));
        await channel.PublishAsync(5);

        await session.Client.GetsExactly(Named, 1, 15);
        Assert.Empty(session.Client.Gaps);
    }

    [Theory]
    [InlineData(true, Named)]
    [InlineData(true, "/recovery/**")]
    [InlineData(false, Named)]
    [InlineData(false, "/recovery/**")]
    public async Task Without_its_gateway_a_session_goes_on_from_its_record_and_loses_nothing(bool crash, string subscription)
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var (session, channel, _) = await SubscribedAsync(cluster, subscription);
        var before = session.Client.Messages.Length;

        await EndSiloAsync(cluster, crash);
        await channel.PublishAsync(5);
        await AttachAsync(session, cluster.AddGateway(), handover: null);
        await channel.PublishAsync(5);

        await Eventually.Is(() => session.Client.OffsetsOf(Named).LastOrDefault() == 15, "the last message");
        Assert.Equal(Enumerable.Range(1, 15).Select(static i => (long)i), session.Client.OffsetsOf(Named).Distinct());
        var after = session.Client.OffsetsOf(Named)[before..];
        Assert.Equal(Enumerable.Range(0, after.Length).Select(i => 15L - after.Length + 1 + i), after);
        Assert.Empty(session.Client.Gaps);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_wildcard_session_gets_all_of_a_channel_first_used_meanwhile(bool isComplete)
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var (session, channel, gateway) = await SubscribedAsync(cluster, "/recovery/**");

        await EndSiloAsync(cluster, crash: true);
        var fresh = await cluster.ChannelAsync(Fresh);
        await fresh.PublishAsync(5);
        await AttachAsync(session, cluster.AddGateway(), isComplete ? await CompleteAsync(cluster, session, gateway) : null);
        await fresh.PublishAsync(5);
        await channel.PublishAsync(1);

        await session.Client.GetsExactly(Fresh, 1, 10);
        await Eventually.Is(() => session.Client.OffsetsOf(Named).LastOrDefault() == 6, "the message of the channel known before");
    }

    [Fact]
    public async Task Subscriptions_that_overlap_give_one_copy()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var (session, channel, gateway) = await SubscribedAsync(cluster, Named, "/recovery/*", "/recovery/**", "/**");

        await EndSiloAsync(cluster, crash: true);
        var fresh = await cluster.ChannelAsync(Fresh);
        await channel.PublishAsync(5);
        await fresh.PublishAsync(5);
        await AttachAsync(session, cluster.AddGateway(), await CompleteAsync(cluster, session, gateway));
        await channel.PublishAsync(5);
        await fresh.PublishAsync(5);

        await session.Client.GetsExactly(Named, 1, 15);
        await session.Client.GetsExactly(Fresh, 1, 10);
    }

    [Fact]
    public async Task What_its_gateway_had_not_delivered_comes_again()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var (session, channel, gateway) = await SubscribedAsync(cluster, Named);
        gateway.Lag();
        await channel.PublishAsync(5);
        await Eventually.Is(() => gateway.DeliveriesOf(Named).Sum(static frame => frame.Batches[0].Messages.Length) == 10, "10 messages at the gateway");

        await EndSiloAsync(cluster, crash: true);
        await AttachAsync(session, cluster.AddGateway(), await CompleteAsync(cluster, session, gateway));
        await channel.PublishAsync(1);

        await session.Client.GetsExactly(Named, 1, 11);
    }

    [Fact]
    public async Task A_session_that_ended_does_not_come_back()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var (session, _, _) = await SubscribedAsync(cluster, Named);
        Assert.True(await session.Grain.Close(SessionEnd.Disconnected));

        await EndSiloAsync(cluster, crash: true);
        var result = await AttachAsync(session, cluster.AddGateway(), handover: null);

        Assert.Null(result.Description);
    }

    [Fact]
    public async Task Of_two_activations_the_older_one_is_fenced()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var (session, channel, _) = await SubscribedAsync(cluster, Named);
        var key = SessionId.ToKey(ChannelId.DefaultTenant, session.Id);
        Assert.NotNull(await cluster.Service<ISessionStore>(0).ClaimAsync(key));

        Assert.Equal(SubscribeStatus.Unavailable, await session.Grain.Subscribe([Other]));

        Assert.Equal(SubscribeStatus.Done, await session.Grain.Subscribe([Other]));
        Assert.Equal([Named, Other], (await session.Grain.Subscriptions())!.Order());
        await AttachAsync(session, cluster.AddGateway(), handover: null);
        await channel.PublishAsync(1);
        await (await cluster.ChannelAsync(Other)).PublishAsync(1);
        await Eventually.Is(() => session.Client.OffsetsOf(Named).LastOrDefault() == 6, "the message of the channel subscribed to before");
        await session.Client.GetsExactly(Other, 1, 1);
    }

    /// <summary>A session on the second silo that got five messages of a channel on the first.</summary>
    private static async Task<(TestSession Session, TestChannel Channel, FakeGateway Gateway)> SubscribedAsync(TestCluster cluster, params string[] subscriptions)
    {
        var channel = await cluster.ChannelAsync(Named);
        var gateway = cluster.AddGateway();
        var session = await cluster.OpenAsync(gateway, silo: 1, subscriptions: subscriptions);
        await channel.PublishAsync(5);
        await session.Client.GetsExactly(Named, 1, 5);
        return (session, channel, gateway);
    }

    private static Task EndSiloAsync(TestCluster cluster, bool crash) => crash ? cluster.KillSiloAsync(1) : cluster.StopSiloAsync(1);

    /// <summary>What a gateway knows that lost the session's silo: every channel's place, up to now.</summary>
    private static async Task<SessionHandover> CompleteAsync(TestCluster cluster, TestSession session, FakeGateway gateway)
    {
        gateway.GiveUp(session.Id);
        var cursors = new List<ChannelCursor>();
        foreach (var channel in session.Client.Messages.GroupBy(static message => message.Channel))
        {
            var read = await cluster.Log.ReadAsync(new ChannelId(ChannelId.DefaultTenant, channel.Key), 0, 1);
            cursors.Add(new ChannelCursor(channel.Key, channel.Max(static message => message.Offset), read.Head.Epoch));
        }

        return new SessionHandover { Frame = 0, Cursors = [.. cursors], Started = true, CompleteUntil = DateTimeOffset.UtcNow };
    }

    /// <summary>Attaches, as often as it takes until the cluster knows that the silo ended, and again after each first part.</summary>
    private static async Task<AttachResult> AttachAsync(TestSession session, FakeGateway gateway, SessionHandover? handover)
    {
        AttachResult? result = null;
        await Eventually.Is(
            async () =>
            {
                try
                {
                    result = await session.Grain.Attach(gateway.Address, gateway.Add(session.Id, session.Client), handover, onlyIfFree: false);
                    return result.Live || result.Description is null;
                }
                catch (Exception exception) when (exception is OrleansException or TimeoutException)
                {
                    return false;
                }
            },
            static () => "a silo that attaches the session");
        return result!;
    }
}
