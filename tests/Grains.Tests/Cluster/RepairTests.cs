using Tidings.Grains.Channels;
using Tidings.Grains.Fanout;

namespace Tidings.Grains.Cluster;

public sealed class RepairTests(TwoSilos fixture) : IClassFixture<TwoSilos>
{
    private readonly TestCluster _cluster = fixture.Cluster;
    private readonly string _name = $"/r{Guid.NewGuid():N}";

    [Fact]
    public async Task A_lost_event_is_repaired_from_the_log()
    {
        var (session, channel) = await SubscribedAsync();
        var batch = await AppendSilentlyAsync(channel, 5);
        Fanout.Deliver(0, new ChannelBatch { Channel = batch.Channel, Epoch = batch.Epoch, Messages = batch.Messages[4..], Head = batch.Head });
        await session.Client.GetsExactly(_name, 1, 8);
    }

    [Fact]
    public async Task A_lost_last_event_is_repaired_when_the_head_is_announced()
    {
        var (session, channel) = await SubscribedAsync();
        var batch = await AppendSilentlyAsync(channel, 5);
        Fanout.Deliver(0, new ChannelBatch { Channel = batch.Channel, Epoch = batch.Epoch, Messages = [], Head = batch.Head });
        await session.Client.GetsExactly(_name, 1, 8);
    }

    [Fact]
    public async Task The_head_is_announced_some_time_after_the_last_publish()
    {
        var (session, channel) = await SubscribedAsync();
        var batch = await AppendSilentlyAsync(channel, 5);
        _cluster.Service<HeadAnnouncer>(1).Published(channel.Id, [_cluster.NameOf(0)], new ChannelHead(batch.Epoch, batch.Head));
        await session.Client.GetsExactly(_name, 1, 8);
    }

    [Fact]
    public async Task An_event_that_comes_twice_is_passed_on_once()
    {
        var (session, channel) = await SubscribedAsync();
        var batch = await AppendSilentlyAsync(channel, 2);
        Fanout.Deliver(0, batch);
        Fanout.Deliver(0, batch);
        batch = await AppendSilentlyAsync(channel, 1);
        Fanout.Deliver(0, batch);
        await session.Client.GetsExactly(_name, 1, 6);
    }

    [Fact]
    public async Task A_log_that_lost_everything_is_told_as_a_gap_and_goes_on()
    {
        var (session, channel) = await SubscribedAsync();
        var epoch = (await _cluster.Log.ClaimAsync(channel.Id)).Head.Epoch + 1;
        Fanout.Deliver(0, new ChannelBatch { Channel = channel.Id, Epoch = epoch, Messages = [Logs.Messages.Of(1, 0, "new")], Head = 1 });
        await Eventually.Is(() => session.Client.Messages.Length == 4, "the first message of the new log");
        Assert.Equal([1, 2, 3, 1], session.Client.OffsetsOf(_name));
        Assert.Equal([new ChannelCursor(_name, 1)], session.Client.Gaps);
    }

    [Fact]
    public async Task A_pattern_keeps_a_message_under_way_while_another_session_subscribes_by_name()
    {
        var wild = await _cluster.OpenAsync(_cluster.AddGateway(), silo: 0, subscriptions: [$"{_name}/**"]);
        var channel = new TestChannel(_cluster.Client, new ChannelId(ChannelId.DefaultTenant, $"{_name}/x"));
        var batch = await AppendSilentlyAsync(channel, 1);
        await _cluster.OpenAsync(_cluster.AddGateway(), silo: 0, subscriptions: [$"{_name}/x"]);
        Fanout.Deliver(0, batch);
        await wild.Client.GetsExactly($"{_name}/x", 1, 1);
    }

    [Fact]
    public async Task A_jump_in_an_epoch_that_the_log_no_longer_has_does_not_hold_up_the_next_epoch()
    {
        var (session, channel) = await SubscribedAsync();
        var epoch = (await _cluster.Log.ClaimAsync(channel.Id)).Head.Epoch;
        Fanout.Deliver(0, new ChannelBatch { Channel = channel.Id, Epoch = epoch + 1, Messages = [Logs.Messages.Of(3, 0, "a")], Head = 3 });
        Fanout.Deliver(0, new ChannelBatch { Channel = channel.Id, Epoch = epoch + 2, Messages = [Logs.Messages.Of(1, 0, "b")], Head = 1 });
        await Eventually.Is(() => session.Client.Messages.Any(m => m.Offset == 1) && session.Client.Messages.Length > 3, "the message of the next epoch");
    }

    private SiloFanout Fanout => _cluster.Service<SiloFanout>(0);

    /// <summary>A session on the first silo that has got three messages.</summary>
    private async Task<(TestSession Session, TestChannel Channel)> SubscribedAsync()
    {
        var channel = await _cluster.ChannelAsync(_name, silo: 1);
        var session = await _cluster.OpenAsync(_cluster.AddGateway(), silo: 0, subscriptions: [_name]);
        await channel.PublishAsync(3);
        await session.Client.GetsExactly(_name, 1, 3);
        return (session, channel);
    }

    /// <summary>Logs messages without telling any silo, as if their event had been lost.</summary>
    private async Task<ChannelBatch> AppendSilentlyAsync(TestChannel channel, int count)
    {
        var claim = await _cluster.Log.ClaimAsync(channel.Id);
        var messages = Logs.Messages.After(claim, 0, count);
        await _cluster.Log.AppendAsync(claim, messages);
        return new ChannelBatch { Channel = channel.Id, Epoch = claim.Head.Epoch, Messages = messages, Head = messages[^1].Offset };
    }
}
