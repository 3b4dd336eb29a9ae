using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Sessions;
using static Tidings.Gateway.Tests.Sessions.Deliveries;

namespace Tidings.Gateway.Tests.Sessions;

/// <summary>What a session does whose window is full, by the rule of the channel whose message finds it so.</summary>
public sealed class WindowPolicyTests : IDisposable
{
    private const int Window = 8;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Dictionary<string, long> _dropped = [];
    private readonly MeterListener _listener = new();
    private readonly LocalSession _session;

    public WindowPolicyTests()
    {
        var metrics = new GatewayMetrics(_services.GetRequiredService<IMeterFactory>());
        _listener.EnableMeasurementEvents(metrics.MessagesDropped);
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) => _dropped[$"{tags[0].Value}"] = _dropped.GetValueOrDefault($"{tags[0].Value}") + count);
        _listener.Start();
        var policies = new WindowPolicies(
            Options.Create(new WindowOptions
            {
                Rules =
                [
                    new WindowRule { Channels = "/old/log", WhenFull = WhenFull.ReadLog },
                    new WindowRule { Channels = "/old/**", WhenFull = WhenFull.DropOldest },
                    new WindowRule { Channels = "/latest/**", WhenFull = WhenFull.KeepLatest },
                    new WindowRule { Channels = "/end", WhenFull = WhenFull.EndSession },
                ],
            }),
            metrics);
        _session = new LocalSession(Tenant, "session", Options.Create(new TidingsLimits { PendingMessagesPerSession = Window, PendingBytesPerSession = 1024 }), policies);
        _session.Begin(new SessionDescription { Protocol = "test", Lifetime = TimeSpan.FromMinutes(1) }, null!, DateTimeOffset.UnixEpoch);
        _session.Join();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    [Theory]
    [InlineData("/other")]
    [InlineData("/old/log")]
    public void Without_a_policy_it_lags_and_loses_nothing(string channel)
    {
        Fill(channel);

        Assert.False(_session.Enqueue(Item(channel, Window + 1, frame: Window + 1)));

        Assert.Equal(LocalState.Lagging, _session.State);
        Assert.False(_session.IsTooSlow);
        Assert.Equal(0, Assert.Single(_session.GiveUp(LocalState.Parked).Cursors).Offset);
        Assert.Empty(_dropped);
    }

    [Fact]
    public void The_oldest_are_dropped_counted_and_told()
    {
        Fill("/old/a");

        Assert.True(_session.Enqueue(Item("/old/a", Window + 1, frame: Window + 1)));

        Assert.Equal(LocalState.Live, _session.State);
        Assert.Equal([new ChannelCursor("/old/a", 3, 1)], _session.TakeGaps());
        Assert.Equal(2, _dropped["drop_oldest"]);
        Assert.Equal(Offsets("/old/a", 3, Window + 1), Names(_session.TakeForWriting()));
    }

    [Fact]
    public void The_oldest_of_any_channel_of_the_rule_are_dropped_and_nothing_else_is()
    {
        _session.Enqueue(Item("/other", 1, frame: 1));
        _session.Enqueue(Item("/old/a", 1, frame: 2));
        _session.Enqueue(Item("/old/b", 1, frame: 3, count: Window - 2));

        Assert.True(_session.Enqueue(Item("/old/b", Window - 1, frame: 4)));

        Assert.Equal(["/other:1", $"/old/b:{Window - 1}"], Names(_session.TakeForWriting()));
        Assert.Equal(
            [new ChannelCursor("/old/a", 2, 1), new ChannelCursor("/old/b", Window - 1, 1)],
            _session.TakeGaps().OrderBy(static gap => gap.Channel));
    }

    [Fact]
    public void Dropping_may_be_for_want_of_bytes()
    {
        _session.Enqueue(Item("/old/a", 1, frame: 1, bytes: 600));
        _session.Enqueue(Item("/old/a", 2, frame: 2, bytes: 400));

        Assert.True(_session.Enqueue(Item("/old/a", 3, frame: 3, bytes: 100)));

        Assert.Equal(["/old/a:2", "/old/a:3"], Names(_session.TakeForWriting()));
    }

    [Fact]
    public void What_is_being_written_is_not_dropped()
    {
        Fill("/old/a");
        var written = _session.TakeForWriting(Window - 1);

        Assert.True(_session.Enqueue(Item("/old/a", Window + 1, frame: Window + 1)));

        Assert.Equal(Offsets("/old/a", 1, Window - 1), Names(written));
        _session.Written();
        Assert.Equal([$"/old/a:{Window + 1}"], Names(_session.TakeForWriting()));
    }

    [Fact]
    public void Where_dropping_makes_no_room_it_lags()
    {
        Fill("/other");

        Assert.False(_session.Enqueue(Item("/old/a", 1, frame: Window + 1)));

        Assert.Equal(LocalState.Lagging, _session.State);
        Assert.Empty(_dropped);
    }

    [Fact]
    public void The_latest_of_each_channel_is_kept()
    {
        _session.Enqueue(Item("/latest/a", 1, frame: 1, count: 3));
        _session.Enqueue(Item("/latest/b", 1, frame: 2));
        _session.Enqueue(Item("/other", 1, frame: 3));
        _session.Enqueue(Item("/latest/b", 2, frame: 4));
        _session.Enqueue(Item("/latest/a", 4, frame: 5));

        Assert.True(_session.Enqueue(Item("/latest/a", 5, frame: 6, count: 3)));

        Assert.Equal(["/other:1", "/latest/b:2", "/latest/a:7"], Names(_session.TakeForWriting()));
        Assert.Equal(
            [new ChannelCursor("/latest/a", 7, 1), new ChannelCursor("/latest/b", 2, 1)],
            _session.TakeGaps().OrderBy(static gap => gap.Channel));
        Assert.Equal(7, _dropped["keep_latest"]);
    }

    [Fact]
    public void The_latest_alone_is_one_object_for_all_sessions()
    {
        var batch = Item("/latest/a", 1, frame: 1, count: 3);

        Assert.Same(batch.Latest, batch.Latest);
        Assert.Same(batch.Latest, batch.Latest.Latest);
    }

    [Fact]
    public void A_session_is_to_end_where_its_channel_says_so()
    {
        Fill("/end");

        Assert.False(_session.Enqueue(Item("/end", Window + 1, frame: Window + 1)));

        Assert.True(_session.IsTooSlow);
    }

    [Fact]
    public void The_channel_whose_message_finds_no_room_decides()
    {
        Fill("/end");

        Assert.False(_session.Enqueue(Item("/other", 1, frame: Window + 1)));

        Assert.False(_session.IsTooSlow);
    }

    [Fact]
    public void A_gap_that_nobody_was_told_of_goes_where_the_session_goes()
    {
        Fill("/old/a");
        _session.Enqueue(Item("/old/a", Window + 1, frame: Window + 1));

        var handover = _session.GiveUp(LocalState.Parked);

        Assert.Equal([new ChannelCursor("/old/a", 3, 1)], handover.Gaps);
        Assert.Equal([new ChannelCursor("/old/a", 2, 1)], handover.Cursors);
    }

    [Fact]
    public void A_gap_is_none_where_the_session_begins_again_before_it()
    {
        Fill("/old/a");
        _session.TakeForWriting(1);
        _session.Enqueue(Item("/old/a", Window + 1, frame: Window + 1));

        var handover = _session.GiveUp(LocalState.Parked);

        Assert.Empty(handover.Gaps);
        Assert.Equal([new ChannelCursor("/old/a", 0, 1)], handover.Cursors);
    }

    [Fact]
    public void A_session_that_comes_tells_the_gaps_of_where_it_was()
    {
        var gap = new ChannelCursor("/old/a", 3, 1);

        _session.Attached(new AttachResult(_session.Description, true, true, Gaps: [gap]));

        Assert.Equal([gap], _session.TakeGaps());
    }

    [Theory]
    [InlineData("prices")]
    [InlineData("/prices/")]
    [InlineData("/a/**/b")]
    [InlineData("")]
    public void A_rule_that_could_not_match_is_refused_at_the_start(string channels)
    {
        var validator = new WindowOptionsValidator(Options.Create(new TidingsLimits()));

        Assert.True(validator.Validate(null, new WindowOptions { Rules = [new WindowRule { Channels = channels }] }).Failed);
        Assert.True(validator.Validate(null, new WindowOptions { Rules = [new WindowRule { Channels = "/prices/**" }] }).Succeeded);
    }

    private static IEnumerable<string> Offsets(string channel, int first, int last) => Enumerable.Range(first, last - first + 1).Select(offset => $"{channel}:{offset}");

    private void Fill(string channel)
    {
        for (var offset = 1; offset <= Window; offset++)
        {
            Assert.True(_session.Enqueue(Item(channel, offset, frame: offset)));
        }
    }
}
