using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Sessions;
using static Tidings.Gateway.Tests.Sessions.Deliveries;

namespace Tidings.Gateway.Tests.Sessions;

public sealed class SiloReceiverTests : IDisposable
{
    private const int MostDirects = 3;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly GatewayMetrics _metrics;
    private readonly GatewayHub _hub;
    private readonly SiloReceiver _receiver;

    public SiloReceiverTests()
    {
        _metrics = new GatewayMetrics(_services.GetRequiredService<IMeterFactory>());
        var limits = Options.Create(new TidingsLimits { PendingMessagesPerSession = 4, DirectMessagesPerSession = MostDirects });
        _hub = new GatewayHub(StubCluster.None, limits, new WindowPolicies(Options.Create(new WindowOptions()), _metrics), TimeProvider.System, _metrics, NullLogger<GatewayHub>.Instance);
        _receiver = new SiloReceiver("silo", link: 7, TimeProvider.System, _hub, _metrics);
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public void A_session_given_up_tells_the_last_frame_and_its_link_and_gets_nothing_more()
    {
        var session = Joined(1, "one", "/a");

        var handover = session.GiveUp(LocalState.Parked);

        Assert.Equal((7, 1), (handover.Link, handover.Frame));
        Assert.Empty(session.Groups);
    }

    /// <summary>A silo that was dead without knowing it may have answered: the one that the session left then goes on sending, and takes it for joined.</summary>
    [Fact]
    public void A_session_attached_by_a_silo_that_sends_nothing_tells_where_it_left_the_last_one()
    {
        var session = Joined(1, "one", "/a");
        Take(2, Deliver(["/a"], "/a", 1));
        var left = session.GiveUp(LocalState.Parked);
        session.BeginStay();
        session.Attached(new AttachResult(new SessionDescription { Protocol = "test", Lifetime = TimeSpan.FromMinutes(1) }, Live: true, Started: true));
        Take(3, Deliver(["/a"], "/a", 2));

        var handover = session.GiveUp(LocalState.Parked);

        Assert.Equal((7, 2), (handover.Link, handover.Frame));
        Assert.Equal([new ChannelCursor("/a", 0, 1)], left.Cursors);
        Assert.Equal(left.Cursors, handover.Cursors);
    }

    [Fact]
    public void A_session_that_starts_anew_in_a_channel_does_not_say_where_it_stood_in_it()
    {
        var session = Joined(1, "one", "/a", "/b");
        Take(2, Deliver(["/a"], "/a", 1), Deliver(["/b"], "/b", 1));
        session.TakeForWriting();
        session.Written();
        Take(4, Deliver(["/a"], "/a", 2), Deliver(["/b"], "/b", 2), For(session, LinkFrameKind.Restart, "/a"));

        var handover = session.GiveUp(LocalState.Parked);

        Assert.Equal([new ChannelCursor("/b", 1, 1)], handover.Cursors);
        Assert.False(session.HasPending);
    }

    [Fact]
    public void Gives_a_message_to_every_member_of_its_subscription()
    {
        var (one, other, stranger) = (Joined(1, "one", "/a"), Joined(2, "other", "/a"), Joined(3, "stranger", "/b"));

        Take(4, Deliver(["/a"], "/a", 1));

        Assert.Equal(["/a:1"], Names(one.TakeForWriting()));
        Assert.Equal(["/a:1"], Names(other.TakeForWriting()));
        Assert.False(stranger.HasPending);
    }

    [Fact]
    public void Gives_one_copy_where_several_subscriptions_match()
    {
        var (both, exact) = (Joined(1, "both", "/a/b", "/a/*", "/**"), Joined(2, "exact", "/a/b"));

        Take(3, Deliver(["/a/b", "/a/*", "/**"], "/a/b", 1), Deliver(["/a/b", "/a/*", "/**"], "/a/b", 2));

        Assert.Equal(["/a/b:1", "/a/b:2"], Names(both.TakeForWriting()));
        Assert.Equal(["/a/b:1", "/a/b:2"], Names(exact.TakeForWriting()));
    }

    [Fact]
    public void Passes_over_frames_it_has_taken()
    {
        var session = Joined(1, "session", "/a");
        var frames = new[] { Deliver(["/a"], "/a", 1), Deliver(["/a"], "/a", 2) };
        Take(2, frames);

        var ack = Take(2, [.. frames, Deliver(["/a"], "/a", 3)]);

        Assert.Equal(4, ack.Received);
        Assert.Equal(["/a:1", "/a:2", "/a:3"], Names(session.TakeForWriting()));
    }

    [Fact]
    public void Another_tenant_gets_nothing()
    {
        var session = Joined(1, "session", "/a");

        Take(2, new LinkFrame { Kind = LinkFrameKind.Deliver, Tenant = "other", Subscriptions = ["/a"], Batches = [Batch("/a", 1)] });

        Assert.False(session.HasPending);
    }

    [Fact]
    public void A_session_that_left_gets_nothing_more_of_that_subscription()
    {
        var session = Joined(1, "session", "/a", "/b");

        Take(2, For(session, LinkFrameKind.Leave, "/a"), Deliver(["/a"], "/a", 1), Deliver(["/b"], "/b", 1));

        Assert.Equal(["/b:1"], Names(session.TakeForWriting()));
    }

    [Fact]
    public void Joining_gives_what_was_missed_first()
    {
        var session = _hub.Add(Tenant, "session");
        Take(1, new LinkFrame { Kind = LinkFrameKind.CatchUp, Tenant = Tenant, Session = session.Id, Stay = session.Stay, Batches = [Batch("/a", 1, count: 2)] });
        Assert.Equal(LocalState.Attaching, session.State);

        Take(
            2,
            new LinkFrame { Kind = LinkFrameKind.Join, Tenant = Tenant, Session = session.Id, Stay = session.Stay, Subscriptions = ["/a"], Batches = [Batch("/a", 2, count: 2)] },
            Deliver(["/a"], "/a", 4));

        Assert.Equal(LocalState.Live, session.State);
        Assert.Equal(["/a:1", "/a:2", "/a:3", "/a:4"], Names(session.TakeForWriting()));
    }

    [Fact]
    public void Acknowledges_up_to_what_a_session_has_not_got()
    {
        var (slow, quick) = (Joined(1, "slow", "/a"), Joined(2, "quick", "/a"));
        Take(3, Deliver(["/a"], "/a", 1), Deliver(["/a"], "/a", 2));
        quick.TakeForWriting();
        quick.Written();

        _receiver.Acknowledge(heldUpSince: 0);
        Assert.Equal(new LinkAck(4, 2), Take(5));

        slow.TakeForWriting();
        slow.Written();
        _receiver.Acknowledge(heldUpSince: 0);
        Assert.Equal(new LinkAck(4, 4), Take(5));
    }

    [Fact]
    public void Names_the_sessions_that_hold_the_rest_up()
    {
        var (slow, quick) = (Joined(1, "slow", "/a"), Joined(2, "quick", "/b"));
        Take(3, Deliver(["/a"], "/a", 1));
        Take(4, Deliver(["/b"], "/b", 1));

        Assert.Empty(_receiver.Acknowledge(heldUpSince: 2));
        Assert.Equal([slow], _receiver.Acknowledge(heldUpSince: 3));
        Assert.True(quick.HasPending);
    }

    [Fact]
    public void A_full_window_puts_one_session_aside_and_no_other()
    {
        var (slow, quick) = (Joined(1, "slow", "/a"), Joined(2, "quick", "/a"));
        for (var i = 1; i <= 6; i++)
        {
            Take(2 + i, Deliver(["/a"], "/a", i));
            quick.TakeForWriting();
            quick.Written();
        }

        Assert.Equal(LocalState.Lagging, slow.State);
        Assert.Equal(LocalState.Live, quick.State);
        Assert.Equal([slow], _receiver.Acknowledge(heldUpSince: 0));
    }

    [Fact]
    public void Messages_for_a_session_alone_wait_in_bounds_and_what_is_dropped_is_counted()
    {
        var dropped = new List<(long Count, object? Reason)>();
        using var listener = new MeterListener();
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) => dropped.Add((count, tags[0].Value)));
        listener.EnableMeasurementEvents(_metrics.MessagesDropped);
        var session = Joined(1, "session", "/a");

        Take(2, [.. Enumerable.Range(1, MostDirects + 2).Select(i => Direct(session, $"/service/{i}"))]);

        Assert.Equal(["/service/3", "/service/4", "/service/5"], Names(session.TakeForWriting()));
        Assert.Equal([(1L, "direct"), (1L, "direct")], dropped);
    }

    [Fact]
    public void A_full_window_costs_no_message_for_the_session_alone()
    {
        var session = Joined(1, "session", "/a");
        Take(2, [Direct(session, "/service/1"), .. Enumerable.Range(1, 6).Select(i => Deliver(["/a"], "/a", i)), Direct(session, "/service/2")]);
        Assert.Equal(LocalState.Lagging, session.State);

        var handover = session.GiveUp(LocalState.Parked);

        Assert.Equal(["/service/1", "/service/2"], handover.Directs.Select(static direct => direct.Channel));
        Assert.Equal([new ChannelCursor("/a", 0, 1)], handover.Cursors);
    }

    [Fact]
    public void A_session_that_left_is_given_nothing_and_nothing_it_missed_is_acknowledged_before_its_silo_was_told()
    {
        var session = Joined(1, "session", "/a");
        Take(2, Deliver(["/a"], "/a", 1));

        Assert.True(session.BeginLeaving());
        Take(3, Deliver(["/a"], "/a", 2));
        _receiver.Acknowledge(heldUpSince: 0);
        Assert.Equal(new LinkAck(3, 1), Take(4));

        var handover = session.GiveUp(LocalState.Parked);
        Assert.Equal(2, handover.Frame);
        Assert.Equal([new ChannelCursor("/a", 0, 1)], handover.Cursors);
        _receiver.Acknowledge(heldUpSince: 0);
        Assert.Equal(new LinkAck(3, 1), Take(4));

        session.Told();
        _receiver.Acknowledge(heldUpSince: 0);
        Assert.Equal(new LinkAck(3, 3), Take(4));
    }

    [Fact]
    public void What_is_sent_after_a_session_left_is_not_acknowledged_though_it_had_everything_before()
    {
        var session = Joined(1, "session", "/a");

        Assert.True(session.BeginLeaving());
        Take(2, Deliver(["/a"], "/a", 1));
        _receiver.Acknowledge(heldUpSince: 0);

        Assert.Equal(new LinkAck(2, 1), Take(3));
    }

    [Fact]
    public void An_ended_session_is_forgotten_with_its_reason()
    {
        var session = Joined(1, "session", "/a");

        Take(2, new LinkFrame { Kind = LinkFrameKind.End, Tenant = Tenant, Session = session.Id, Stay = session.Stay, End = SessionEnd.Kicked });

        Assert.Equal(SessionEnd.Kicked, session.EndedBy);
        Assert.Null(_hub.Find(Tenant, session.Id));
    }

    [Fact]
    public void A_gap_of_a_subscription_is_noted_once_by_each_member()
    {
        var session = Joined(1, "session", "/a", "/**");

        Take(2, new LinkFrame { Kind = LinkFrameKind.Gap, Tenant = Tenant, Subscriptions = ["/a", "/**"], Gap = new ChannelCursor("/a", 9) });

        Assert.Equal([new ChannelCursor("/a", 9)], session.TakeGaps());
    }

    private LocalSession Joined(long frame, string id, params string[] subscriptions)
    {
        var session = _hub.Add(Tenant, id);
        Take(frame, For(session, LinkFrameKind.Join, subscriptions));
        return session;
    }

    private static LinkFrame Direct(LocalSession session, string channel) =>
        new() { Kind = LinkFrameKind.Direct, Tenant = Tenant, Session = session.Id, Stay = session.Stay, Direct = Word(channel) };

    private LinkAck Take(long first, params LinkFrame[] frames) => _receiver.Take(new LinkBatch { Silo = "silo", Link = 7, FirstFrame = first, Frames = frames });

    private static LinkFrame For(LocalSession session, LinkFrameKind kind, params string[] subscriptions) =>
        new() { Kind = kind, Tenant = Tenant, Session = session.Id, Stay = session.Stay, Subscriptions = subscriptions };

    private static LinkFrame Deliver(string[] subscriptions, string channel, long offset) =>
        new() { Kind = LinkFrameKind.Deliver, Tenant = Tenant, Subscriptions = subscriptions, Batches = [Batch(channel, offset)] };
}
