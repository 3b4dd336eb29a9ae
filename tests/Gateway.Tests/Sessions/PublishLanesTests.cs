using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Tests.Sessions;

public sealed class PublishLanesTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private static readonly ChannelId Channel = new("default", "/a");
    private readonly HeldChannel _channel = new();
    private readonly HeldChannel _other = new();
    private readonly PublishLanes _lanes;

    public PublishLanesTests() => _lanes = new PublishLanes(
        new ChannelGrains(StubCluster.Of((_, key) => key == Channel.ToKey() ? _channel : _other)),
        Options.Create(new TidingsLimits { PendingPublishesPerChannel = 3, PublishLaneBytes = 1500, PublishTotalBytes = 2500, PublishPatience = TimeSpan.Zero }),
        TimeProvider.System,
        new GatewayMetrics(_services.GetRequiredService<IMeterFactory>()),
        NullLogger<PublishLanes>.Instance);

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task What_comes_during_a_call_goes_with_the_next_in_order()
    {
        var first = Publish("1");
        var call = await _channel.NextAsync();
        Task<PublishResult>[] later = [Publish("2"), Publish("3"), Publish("4")];
        Assert.False(_channel.HasCall);

        call.Store(first: 1);
        var next = await _channel.NextAsync();
        next.Store(first: 2);

        Assert.Equal("1", call.Text);
        Assert.Equal("234", next.Text);
        Assert.Equal(1, (await first).FirstOffset);
        Assert.Equal([2L, 3, 4], (await Task.WhenAll(later)).Select(static result => result.FirstOffset));
    }

    [Fact]
    public async Task A_full_lane_is_busy_at_once()
    {
        _ = Publish("1");
        await _channel.NextAsync();
        _ = Publish("2");
        _ = Publish("3");
        _ = Publish("4");

        var refused = Publish("5");

        Assert.True(refused.IsCompletedSuccessfully);
        Assert.Equal(PublishStatus.Busy, (await refused).Status);
    }

    [Fact]
    public async Task A_lane_full_in_bytes_is_busy_until_its_call_is_answered()
    {
        var sent = Publish(Large);
        var call = await _channel.NextAsync();

        Assert.Equal(PublishStatus.Busy, (await Publish(Large)).Status);
        call.Store(first: 1);
        await sent;
        var next = Publish(Large);
        (await _channel.NextAsync()).Store(first: 2);

        Assert.Equal(2, (await next).FirstOffset);
    }

    [Fact]
    public async Task All_lanes_together_are_bounded_in_bytes()
    {
        _ = Publish(Large);
        _ = _lanes.PublishAsync(new ChannelId("default", "/b"), Item(Large));

        var refused = _lanes.PublishAsync(new ChannelId("default", "/c"), Item(Large));

        Assert.True(refused.IsCompletedSuccessfully);
        Assert.Equal(PublishStatus.Busy, (await refused).Status);
    }

    [Fact]
    public async Task A_publish_larger_than_its_lane_is_taken_when_nothing_waits()
    {
        var huge = Publish(new string('x', 5000));
        (await _channel.NextAsync()).Store(first: 1);

        Assert.Equal(PublishStatus.Stored, (await huge).Status);
    }

    [Fact]
    public async Task A_failed_call_fails_its_publishes_and_no_others()
    {
        var failed = Publish("1");
        var call = await _channel.NextAsync();
        var later = Publish("2");
        call.Answer.SetException(new InvalidOperationException("No silo."));
        (await _channel.NextAsync()).Store(first: 1);

        Assert.Equal(PublishStatus.Unavailable, (await failed).Status);
        Assert.Equal(new PublishResult(PublishStatus.Stored, 1, 1), await later);
    }

    [Fact]
    public async Task One_channel_does_not_wait_for_another()
    {
        _ = Publish("1");
        await _channel.NextAsync();

        var other = _lanes.PublishAsync(new ChannelId("default", "/b"), Item("x"));
        (await _other.NextAsync()).Store(first: 9);

        Assert.Equal(9, (await other).FirstOffset);
    }

    private Task<PublishResult> Publish(string text) => _lanes.PublishAsync(Channel, Item(text));

    private static string Large { get; } = new('x', 1000);

    private static PublishItem Item(string text) => new() { Body = System.Text.Encoding.UTF8.GetBytes(text) };
}
