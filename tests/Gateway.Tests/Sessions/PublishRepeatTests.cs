using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Tests.Sessions;

/// <summary>Lanes try again what has no certain outcome.</summary>
public sealed class PublishRepeatTests : IDisposable
{
    private static readonly ChannelId Channel = new("default", "/a");
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly HeldChannel _channel = new();
    private readonly TimerBook _time = new();
    private readonly PublishLanes _lanes;

    public PublishRepeatTests() => _lanes = new PublishLanes(
        new ChannelGrains(StubCluster.Of((_, _) => _channel)),
        Options.Create(new TidingsLimits { PublishPatience = TimeSpan.FromSeconds(10) }),
        _time,
        new GatewayMetrics(_services.GetRequiredService<IMeterFactory>()),
        NullLogger<PublishLanes>.Instance);

    public void Dispose() => _services.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_without_certain_outcome_is_repeated_with_the_same_keys(bool fails)
    {
        var published = Publish("1");
        var first = await _channel.NextAsync();
        Fail(first, fails);
        await _time.AdvanceToNextAsync();
        var second = await _channel.NextAsync();
        second.Store(first: 4);

        Assert.Equal(new PublishResult(PublishStatus.Stored, 4, 1), await published);
        Assert.NotNull(first.Items[0].Key);
        Assert.Equal(first.Items.Select(static item => item.Key), second.Items.Select(static item => item.Key));
    }

    [Fact]
    public async Task Later_publishes_wait_for_one_that_is_repeated()
    {
        var one = Publish("1");
        var first = await _channel.NextAsync();
        var two = Publish("2");
        first.Answer.SetException(new TimeoutException());
        await _time.AdvanceToNextAsync();

        var second = await _channel.NextAsync();
        Assert.Equal("1", second.Text);
        second.Store(first: 1);
        var third = await _channel.NextAsync();
        Assert.Equal("2", third.Text);
        third.Store(first: 2);
        Assert.Equal([1L, 2], (await Task.WhenAll(one, two)).Select(static result => result.FirstOffset));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_is_unavailable_when_patience_ends(bool fails)
    {
        var published = Publish("1");
        var calls = 0;
        while (_time.Now <= TimeSpan.FromSeconds(10))
        {
            Fail(await _channel.NextAsync(), fails);
            calls++;
            await _time.AdvanceToNextAsync();
        }

        Fail(await _channel.NextAsync(), fails);

        Assert.Equal(PublishStatus.Unavailable, (await published.WaitAsync(TimeSpan.FromSeconds(5))).Status);
        Assert.InRange(calls, 10, 20);
    }

    [Fact]
    public async Task A_refusal_is_final()
    {
        var published = Publish("1");
        (await _channel.NextAsync()).Answer.SetResult(new PublishResult(PublishStatus.Busy, 0, 0));

        Assert.Equal(PublishStatus.Busy, (await published.WaitAsync(TimeSpan.FromSeconds(5))).Status);
        Assert.False(_channel.HasCall);
    }

    [Fact]
    public async Task Each_publish_has_a_key_of_its_own_and_keeps_one_it_came_with()
    {
        var key = PublishKey.Of("user", "name"u8);
        _ = Publish("1");
        var first = await _channel.NextAsync();
        _ = Publish("2");
        _ = _lanes.PublishAsync(Channel, new PublishItem { Body = "3"u8.ToArray(), Key = key });
        first.Store(first: 1);
        var second = await _channel.NextAsync();

        Assert.Equal(key, second.Items[1].Key);
        Assert.Equal(3, first.Items.Concat(second.Items).Select(static item => item.Key).Distinct().Count());
    }

    private static void Fail(HeldChannel.Call call, bool throws)
    {
        if (throws)
        {
            call.Answer.SetException(new TimeoutException("No answer."));
        }
        else
        {
            call.Answer.SetResult(new PublishResult(PublishStatus.Unavailable, 0, 0));
        }
    }

    private Task<PublishResult> Publish(string text) => _lanes.PublishAsync(Channel, new PublishItem { Body = Encoding.UTF8.GetBytes(text) });
}
