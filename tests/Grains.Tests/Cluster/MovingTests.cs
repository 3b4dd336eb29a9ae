using Tidings.Grains.Fanout;

namespace Tidings.Grains.Cluster;

public sealed class MovingTests(TwoSilos fixture) : IClassFixture<TwoSilos>
{
    private readonly TestCluster _cluster = fixture.Cluster;
    private readonly string _root = $"/m{Guid.NewGuid():N}";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_that_moves_while_messages_are_under_way_gets_each_once_in_order(bool wildcard)
    {
        var channel = await _cluster.ChannelAsync($"{_root}/x", silo: 1);
        FakeGateway[] gateways = [_cluster.AddGateway(), _cluster.AddGateway()];
        var session = await _cluster.OpenAsync(gateways[0], subscriptions: [wildcard ? $"{_root}/**" : $"{_root}/x"]);
        using var moved = new CancellationTokenSource();
        var publishing = Task.Run(async () =>
        {
            var last = 0L;
            while (!moved.IsCancellationRequested)
            {
                last = await channel.PublishAsync();
            }

            return last;
        });
        for (var i = 1; i <= 100; i++)
        {
            await session.AttachAsync(gateways[i % 2]);
        }

        await moved.CancelAsync();
        await session.Client.GetsExactly($"{_root}/x", 1, await publishing);
    }

    [Fact]
    public async Task A_link_that_its_gateway_gave_up_is_begun_anew_and_nothing_counts_as_delivered_by_it()
    {
        var channel = await _cluster.ChannelAsync(_root);
        var gateway = _cluster.AddGateway();
        var session = await _cluster.OpenAsync(gateway, silo: 0, subscriptions: [_root]);
        await channel.PublishAsync(3);
        await session.Client.GetsExactly(_root, 1, 3);
        gateway.Refuse();
        await channel.PublishAsync(2);
        await Eventually.Is(() => !_cluster.Service<SiloFanout>(0).IsReachable(gateway.Address), "the silo letting go of the link");
        await session.AttachAsync(gateway);
        await session.Client.GetsExactly(_root, 1, 5);
    }

    [Fact]
    public async Task A_session_that_says_its_link_was_given_up_is_joined_by_a_new_one_at_once()
    {
        var channel = await _cluster.ChannelAsync(_root);
        var gateway = _cluster.AddGateway();
        var session = await _cluster.OpenAsync(gateway, silo: 0, subscriptions: [_root]);
        await channel.PublishAsync(3);
        await session.Client.GetsExactly(_root, 1, 3);
        gateway.Refuse();
        gateway.Stall(); // the silo hears nothing by the old link

        var (handover, caughtUp) = gateway.GiveUp(session.Id);
        var attached = await session.Grain.Attach(
            gateway.Address, gateway.Add(session.Id, session.Client, caughtUp), handover with { LinkLost = true }, onlyIfFree: true);
        Assert.True(attached.Live);
        gateway.Recover();
        await channel.PublishAsync(2);

        await session.Client.GetsExactly(_root, 1, 5);
        Assert.True(gateway.Joined(session.Id));
    }

    [Fact]
    public async Task A_session_whose_client_lags_moves_with_what_it_did_not_get()
    {
        var channel = await _cluster.ChannelAsync(_root);
        FakeGateway[] gateways = [_cluster.AddGateway(), _cluster.AddGateway()];
        var session = await _cluster.OpenAsync(gateways[0], subscriptions: [_root]);
        await channel.PublishAsync(5);
        await session.Client.GetsExactly(_root, 1, 5);
        gateways[0].Lag();
        await channel.PublishAsync(5);
        await Eventually.Is(() => gateways[0].DeliveriesOf(_root).Sum(frame => frame.Batches[0].Messages.Length) == 10, "10 messages at the gateway");
        await session.AttachAsync(gateways[1]);
        await channel.PublishAsync(5);
        await session.Client.GetsExactly(_root, 1, 15);
    }

    [Fact]
    public async Task A_session_whose_gateway_gave_it_up_without_being_heard_gets_what_that_had_not_delivered()
    {
        var channel = await _cluster.ChannelAsync(_root);
        FakeGateway[] gateways = [_cluster.AddGateway(), _cluster.AddGateway()];
        var session = await _cluster.OpenAsync(gateways[0], subscriptions: [_root]);
        await channel.PublishAsync(5);
        await session.Client.GetsExactly(_root, 1, 5);
        gateways[0].Lag();
        await channel.PublishAsync(5);
        await Eventually.Is(() => gateways[0].DeliveriesOf(_root).Sum(frame => frame.Batches[0].Messages.Length) == 10, "10 messages at the gateway");

        // The gateway acknowledges for the sessions that it has left, and its answer is lost.
        var fanout = _cluster.Service<SiloFanout>(0);
        var mailbox = fanout.All().Single(known => known.SessionId == session.Id);
        fanout.BeginRelease(mailbox);
        gateways[0].GiveUp(session.Id);
        var description = new SessionDescription { Protocol = "test", Lifetime = TimeSpan.FromSeconds(60) };
        await Eventually.Is(
            () => fanout.RecordOf(mailbox, description, started: true).Cursors is [{ Offset: 10 }],
            "the gateway's acknowledgement of all 10 messages");
        gateways[0].Crash();
        fanout.Detach(mailbox, gateways[0].Address.Id, null);
        await session.AttachAsync(gateways[1]);

        await session.Client.GetsExactly(_root, 1, 10);
    }

    [Fact]
    public async Task A_parked_session_catches_up_exactly_also_on_channels_first_used_meanwhile()
    {
        var gateway = _cluster.AddGateway();
        var old = await _cluster.ChannelAsync($"{_root}/old");
        await old.PublishAsync(3);
        var session = await _cluster.OpenAsync(gateway, subscriptions: [$"{_root}/**"]);
        await old.PublishAsync(2);
        await session.Client.GetsExactly($"{_root}/old", 4, 5);
        await session.ParkAsync(gateway);
        await old.PublishAsync(4);
        await (await _cluster.ChannelAsync($"{_root}/new", silo: 1)).PublishAsync(4);
        await session.AttachAsync(_cluster.AddGateway());
        await old.PublishAsync(1);
        await session.Client.GetsExactly($"{_root}/old", 4, 10);
        await session.Client.GetsExactly($"{_root}/new", 1, 4);
    }

    [Fact]
    public async Task A_wildcard_session_that_moves_before_a_new_channels_first_message_arrived_gets_that_and_nothing_older()
    {
        var channel = await _cluster.ChannelAsync($"{_root}/x");
        await channel.PublishAsync(5);
        var gateway = _cluster.AddGateway();
        var session = await _cluster.OpenAsync(gateway, subscriptions: [$"{_root}/**"]);
        await Eventually.Is(() => gateway.Frames.Any(frame => frame.Kind == LinkFrameKind.Join && frame.Subscriptions.Length > 0), "the join");
        var stay = gateway.StayOf(session.Id);
        var (handover, _) = gateway.GiveUp(session.Id);
        await channel.PublishAsync(3);
        await Eventually.Is(() => gateway.DeliveriesOf($"{_root}/x").Length > 0, "the delivery that crosses");
        await session.Grain.Park(gateway.Address.Id, stay, handover, TimeSpan.FromSeconds(60));
        await session.AttachAsync(_cluster.AddGateway());
        await channel.PublishAsync(1);
        await session.Client.GetsExactly($"{_root}/x", 6, 9);
        Assert.Empty(session.Client.Gaps);
    }

    [Fact]
    public async Task A_parked_session_that_unsubscribes_and_subscribes_again_starts_at_the_head()
    {
        var gateway = _cluster.AddGateway();
        var channel = await _cluster.ChannelAsync(_root);
        var witness = await _cluster.OpenAsync(_cluster.AddGateway(), subscriptions: [_root]);
        var session = await _cluster.OpenAsync(gateway, subscriptions: [_root]);
        await channel.PublishAsync(2);
        await session.Client.GetsExactly(_root, 1, 2);
        await session.ParkAsync(gateway);
        await session.Grain.Unsubscribe([_root]);
        await channel.PublishAsync(3);
        await witness.Client.GetsExactly(_root, 1, 5);
        await session.Grain.Subscribe([_root]);
        await session.AttachAsync(gateway);
        await channel.PublishAsync(1);
        await witness.Client.GetsExactly(_root, 1, 6);
        await Eventually.Is(() => session.Client.OffsetsOf(_root).Contains(6), "the last message");
        Assert.Equal([1, 2, 6], session.Client.OffsetsOf(_root));
    }

    [Fact]
    public async Task A_gateway_that_was_only_slow_is_told_that_a_session_was_taken_from_it()
    {
        var (slow, other) = (_cluster.AddGateway(), _cluster.AddGateway());
        var name = $"/m{Guid.NewGuid():N}";
        var channel = await _cluster.ChannelAsync(name);
        var session = await _cluster.OpenAsync(slow, subscriptions: [name]);
        var stay = slow.StayOf(session.Id);
        slow.Stall();

        await session.AttachAsync(other);
        slow.Recover();

        await Eventually.Is(
            () => slow.Frames.Any(frame => frame.Kind == LinkFrameKind.Moved && frame.Session == session.Id && frame.Stay == stay), "word that the session moved");
        await channel.PublishAsync();
        await session.Client.GetsExactly(name, 1, 1);
    }

    [Fact]
    public async Task A_gateway_that_crashed_leaves_its_sessions_to_another_with_everything_unacknowledged()
    {
        var channel = await _cluster.ChannelAsync(_root);
        var gateway = _cluster.AddGateway();
        var session = await _cluster.OpenAsync(gateway, subscriptions: [_root]);
        await channel.PublishAsync(5);
        await session.Client.GetsExactly(_root, 1, 5);
        gateway.Crash();
        await channel.PublishAsync(5);
        await session.AttachAsync(_cluster.AddGateway());
        await channel.PublishAsync(5);
        await Eventually.Is(() => session.Client.OffsetsOf(_root).LastOrDefault() == 15, "message 15");
        Assert.Equal(Enumerable.Range(1, 15).Select(i => (long)i), session.Client.OffsetsOf(_root).Distinct());
    }

    [Fact]
    public async Task Direct_messages_wait_for_a_parked_session()
    {
        var gateway = _cluster.AddGateway();
        var session = await _cluster.OpenAsync(gateway);
        await session.ParkAsync(gateway);
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await session.Grain.Deliver(new DirectMessage { Channel = $"/service/{i}", Body = [] }));
        }

        await session.AttachAsync(_cluster.AddGateway());
        await Eventually.Is(() => session.Client.Directs.Length == 3, "three direct messages");
        Assert.Equal(["/service/0", "/service/1", "/service/2"], session.Client.Directs.Select(direct => direct.Channel));
    }
}
