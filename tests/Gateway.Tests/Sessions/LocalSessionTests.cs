using Microsoft.Extensions.Options;
using Tidings.Gateway.Sessions;
using static Tidings.Gateway.Tests.Sessions.Deliveries;

namespace Tidings.Gateway.Tests.Sessions;

public sealed class LocalSessionTests
{
    private readonly LocalSession _session = Live(new TidingsLimits { PendingMessagesPerSession = 3, PendingBytesPerSession = 1024 });

    [Fact]
    public void Gives_everything_that_waits_in_order_and_once()
    {
        _session.Enqueue(Item("/a", 1, frame: 1));
        _session.Enqueue(Direct("/service/x", frame: 2));
        _session.Enqueue(Item("/b", 7, frame: 3));

        Assert.Equal(["/a:1", "/service/x", "/b:7"], Names(_session.TakeForWriting()));
        Assert.Null(_session.TakeForWriting());
        _session.Written();
        Assert.False(_session.HasPending);
        Assert.Null(_session.FirstUndelivered);
    }

    [Fact]
    public void Lets_one_write_be_under_way_at_a_time()
    {
        _session.Enqueue(Item("/a", 1, frame: 1));
        _session.TakeForWriting();
        _session.Enqueue(Item("/a", 2, frame: 2));

        Assert.Null(_session.TakeForWriting());
        _session.Written();
        Assert.Equal(["/a:2"], Names(_session.TakeForWriting()));
    }

    [Fact]
    public void Puts_what_was_not_written_before_everything_later()
    {
        _session.Enqueue(Item("/a", 1, frame: 1));
        _session.TakeForWriting();
        _session.Enqueue(Item("/a", 2, frame: 2));
        _session.NotWritten();

        Assert.Equal(1, _session.FirstUndelivered);
        Assert.Equal(["/a:1", "/a:2"], Names(_session.TakeForWriting()));
    }

    [Fact]
    public void Names_the_oldest_frame_that_is_not_delivered()
    {
        _session.Enqueue(Item("/a", 1, frame: 5));
        _session.Enqueue(Item("/a", 2, frame: 9));
        Assert.Equal(5, _session.FirstUndelivered);

        _session.TakeForWriting();
        Assert.Equal(5, _session.FirstUndelivered);
    }

    [Fact]
    public void Is_forsaken_when_its_silo_says_that_messages_come_and_none_does()
    {
        var session = new LocalSession(Tenant, "waiting", Options.Create(new TidingsLimits()));
        var start = DateTimeOffset.UnixEpoch;
        session.BeginStay();
        session.Attached(new AttachResult(new SessionDescription { Protocol = "p", Lifetime = TimeSpan.FromMinutes(1) }, Live: true, Started: true));

        Assert.False(session.IsForsaken(start));
        Assert.False(session.IsForsaken(start.AddSeconds(3)));
        Assert.True(session.IsForsaken(start.AddSeconds(5)));
        session.Join();
        Assert.False(session.IsForsaken(start.AddSeconds(9)));
    }

    /// <summary>While frames cannot come, it is attached again every few seconds, not at every scan.</summary>
    [Fact]
    public void One_that_was_forsaken_is_given_as_much_time_again()
    {
        var session = new LocalSession(Tenant, "forsaken again", Options.Create(new TidingsLimits()));
        var start = DateTimeOffset.UnixEpoch;
        var attached = new AttachResult(new SessionDescription { Protocol = "p", Lifetime = TimeSpan.FromMinutes(1) }, Live: true, Started: true);
        session.BeginStay();
        session.Attached(attached);
        Assert.False(session.IsForsaken(start));
        Assert.True(session.IsForsaken(start.AddSeconds(5)));
        session.Orphan();

        session.BeginStay();
        session.Attached(attached);

        Assert.False(session.IsForsaken(start.AddSeconds(6)));
        Assert.False(session.IsForsaken(start.AddSeconds(9)));
        Assert.True(session.IsForsaken(start.AddSeconds(11)));
    }

    [Fact]
    public void Is_not_forsaken_while_what_it_missed_is_coming()
    {
        var session = new LocalSession(Tenant, "catching-up", Options.Create(new TidingsLimits()));
        var start = DateTimeOffset.UnixEpoch;
        session.BeginStay();
        session.Attached(new AttachResult(new SessionDescription { Protocol = "p", Lifetime = TimeSpan.FromMinutes(1) }, Live: true, Started: true));

        Assert.False(session.IsForsaken(start));
        session.CatchUp(Batch("/a", 1));
        Assert.False(session.IsForsaken(start.AddSeconds(5)));
    }

    [Fact]
    public void A_full_window_of_messages_makes_it_lag()
    {
        Assert.True(_session.Enqueue(Item("/a", 1, frame: 1, count: 3)));
        Assert.False(_session.Enqueue(Item("/a", 4, frame: 2)));

        Assert.Equal(LocalState.Lagging, _session.State);
        Assert.False(_session.HasPending);
        Assert.Equal(1, _session.FirstUndelivered);
    }

    [Fact]
    public void A_full_window_of_bytes_makes_it_lag()
    {
        Assert.True(_session.Enqueue(Item("/a", 1, frame: 1, bytes: 1000)));
        Assert.False(_session.Enqueue(Item("/a", 2, frame: 2, bytes: 25)));

        Assert.Equal(LocalState.Lagging, _session.State);
    }

    [Fact]
    public void An_item_larger_than_the_window_still_passes_an_empty_one()
    {
        Assert.True(_session.Enqueue(Item("/a", 1, frame: 1, count: 5)));

        Assert.Equal(LocalState.Live, _session.State);
        Assert.Equal(5, Names(_session.TakeForWriting()).Count());
    }

    [Fact]
    public void What_is_written_makes_room()
    {
        _session.Enqueue(Item("/a", 1, frame: 1, count: 3));
        _session.TakeForWriting();
        _session.Written();

        Assert.True(_session.Enqueue(Item("/a", 4, frame: 2, count: 3)));
        Assert.Equal(LocalState.Live, _session.State);
    }

    [Fact]
    public void What_is_being_written_still_fills_the_window()
    {
        _session.Enqueue(Item("/a", 1, frame: 1, count: 3));
        _session.TakeForWriting();

        Assert.False(_session.Enqueue(Item("/a", 4, frame: 2)));
    }

    [Fact]
    public void Lagging_it_hands_over_the_cursors_of_what_it_dropped()
    {
        _session.Enqueue(Item("/a", 11, frame: 4, count: 2));
        _session.Enqueue(Item("/b", 3, frame: 5));
        _session.Enqueue(Item("/a", 13, frame: 6));

        var handover = _session.GiveUp(LocalState.Parked);

        Assert.Equal(5, handover.Frame);
        Assert.Equal([new ChannelCursor("/a", 10, 1), new ChannelCursor("/b", 2, 1)], handover.Cursors.OrderBy(static cursor => cursor.Channel));
    }

    [Fact]
    public void Lagging_it_hands_over_the_cursors_of_what_could_not_be_written_too()
    {
        _session.Enqueue(Item("/a", 11, frame: 4));
        _session.TakeForWriting();
        _session.Enqueue(Item("/a", 12, frame: 5, count: 2));
        _session.Enqueue(Item("/a", 14, frame: 6));
        _session.NotWritten();

        Assert.Equal([new ChannelCursor("/a", 10, 1)], _session.GiveUp(LocalState.Parked).Cursors);
    }

    [Fact]
    public void Messages_for_it_alone_take_no_room_of_the_window()
    {
        _session.Enqueue(Item("/a", 1, frame: 1, count: 3));

        Assert.Equal(0, _session.Enqueue(Direct("/service/x", frame: 2)));

        Assert.Equal(LocalState.Live, _session.State);
        Assert.Equal(["/a:1", "/a:2", "/a:3", "/service/x"], Names(_session.TakeForWriting()));
    }

    [Fact]
    public void Messages_for_it_alone_have_a_bound_of_bytes()
    {
        var session = Live(new TidingsLimits { PendingBytesPerSession = 1024 });

        Assert.Equal(0, session.Enqueue(Large("/service/1", 600)));
        Assert.Equal(1, session.Enqueue(Large("/service/2", 600)));
        Assert.Equal(1, session.Enqueue(Large("/service/3", 5000)));

        Assert.Equal(["/service/3"], Names(session.TakeForWriting()));
        Assert.Equal(1, session.Enqueue(Large("/service/4", 1)));
        session.Written();
        Assert.Equal(0, session.Enqueue(Large("/service/5", 600)));
        Assert.Equal(["/service/5"], Names(session.TakeForWriting()));
    }

    [Fact]
    public void Messages_for_it_alone_are_not_taken_once_it_has_left()
    {
        _session.GiveUp(LocalState.Parked);

        Assert.Null(_session.Enqueue(Direct("/service/x", frame: 1)));
    }

    [Fact]
    public void Given_up_it_tells_the_first_undelivered_offset_of_each_channel_and_its_direct_messages()
    {
        _session.Enqueue(Item("/a", 7, frame: 1));
        _session.TakeForWriting();
        _session.Enqueue(Item("/a", 8, frame: 2));
        _session.Enqueue(Direct("/service/x", frame: 3));

        var handover = _session.GiveUp(LocalState.Parked);

        Assert.Equal([new ChannelCursor("/a", 6, 1)], handover.Cursors);
        Assert.Equal("/service/x", Assert.Single(handover.Directs).Channel);
        Assert.Equal(LocalState.Parked, _session.State);
    }

    [Fact]
    public void Given_up_with_nothing_undelivered_it_names_no_channel()
    {
        _session.Enqueue(Item("/a", 7, frame: 1));
        _session.TakeForWriting();
        _session.Written();

        Assert.Empty(_session.GiveUp(LocalState.Gone).Cursors);
    }

    [Theory]
    [InlineData(nameof(LocalState.Parked))]
    [InlineData(nameof(LocalState.Gone))]
    public void Takes_nothing_once_given_up(string state)
    {
        _session.GiveUp(Enum.Parse<LocalState>(state));
        _session.Enqueue(Item("/a", 1, frame: 1));

        Assert.False(_session.HasPending);
    }

    [Fact]
    public async Task Says_when_no_write_is_under_way()
    {
        Assert.True(_session.WhenWritten().IsCompletedSuccessfully);
        _session.Enqueue(Item("/a", 1, frame: 1));
        _session.TakeForWriting();
        var written = _session.WhenWritten();
        Assert.False(written.IsCompleted);

        _session.Written();

        await written.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Catch_ups_that_overlap_give_each_message_once()
    {
        var session = new LocalSession(Tenant, "s", Options.Create(new TidingsLimits()));

        Assert.Equal([1L, 2, 3], Offsets(session.CatchUp(Batch("/a", 1, count: 3))));
        Assert.Equal([4L, 5], Offsets(session.CatchUp(Batch("/a", 2, count: 4))));
        Assert.Null(session.CatchUp(Batch("/a", 1, count: 5)));
        Assert.Equal([1L], Offsets(session.CatchUp(Batch("/b", 1))));
    }

    [Fact]
    public void Given_up_while_catching_up_it_goes_on_after_what_it_was_given()
    {
        var session = new LocalSession(Tenant, "s", Options.Create(new TidingsLimits()));
        session.CatchUp(Batch("/a", 1, count: 3));

        Assert.Equal([new ChannelCursor("/a", 3)], session.GiveUp(LocalState.Parked).Cursors);
    }

    [Fact]
    public void A_later_stay_is_given_again_what_an_earlier_one_did_not_deliver()
    {
        var session = new LocalSession(Tenant, "s", Options.Create(new TidingsLimits()));
        session.Enqueue(new DeliveryBatch(session.CatchUp(Batch("/a", 1, count: 3))!) { Frame = 1 });
        Assert.Equal([new ChannelCursor("/a", 0, 1)], session.GiveUp(LocalState.Parked).Cursors);

        Assert.True(session.BeginStay());
        Assert.Equal([1L, 2, 3], Offsets(session.CatchUp(Batch("/a", 1, count: 3))));
    }

    [Fact]
    public void What_takes_its_messages_stays_while_it_is_attached_again()
    {
        var sink = new NoSink();
        Assert.True(_session.Bind(sink));

        _session.GiveUp(LocalState.Parked);
        Assert.True(_session.BeginStay());

        Assert.Same(sink, _session.Sink);
    }

    [Fact]
    public void It_does_not_leave_for_want_of_a_client_when_one_has_come()
    {
        _session.Bind(new NoSink());

        Assert.False(_session.BeginLeaving(unlessBound: true));
        Assert.Equal(LocalState.Live, _session.State);
    }

    [Fact]
    public void A_client_cannot_be_bound_once_it_leaves()
    {
        Assert.True(_session.BeginLeaving(unlessBound: true));

        Assert.False(_session.Bind(new NoSink()));
    }

    [Fact]
    public void Released_it_begins_no_further_stay()
    {
        Assert.True(_session.BeginRelease(_session.Stay));

        Assert.False(_session.BeginStay());
    }

    [Fact]
    public void A_release_of_an_earlier_stay_does_not_end_the_present_one()
    {
        var earlier = _session.Stay;
        _session.GiveUp(LocalState.Parked);
        _session.BeginStay();

        Assert.False(_session.BeginRelease(earlier));
        Assert.Equal(LocalState.Attaching, _session.State);
        Assert.NotNull(_session.Untold);
    }

    [Fact]
    public async Task Its_moves_run_one_after_another()
    {
        var first = new TaskCompletionSource<int>();
        var order = new List<int>();
        var one = _session.InTurn(async () =>
        {
            var number = await first.Task;
            order.Add(number);
            return number;
        });
        var two = _session.InTurn(() =>
        {
            order.Add(2);
            return Task.FromResult(2);
        });
        Assert.True(_session.IsMoving);

        first.SetResult(1);
        await Task.WhenAll(one, two);

        Assert.Equal([1, 2], order);
    }

    [Fact]
    public async Task A_move_that_fails_does_not_keep_the_next_from_running()
    {
        var failing = _session.InTurn<int>(() => throw new InvalidOperationException("no silo"));
        Assert.Equal(7, await _session.InTurn(() => Task.FromResult(7)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
    }

    [Fact]
    public void Tells_each_gap_once_and_the_latest_of_a_channel()
    {
        _session.NoteGap(new ChannelCursor("/a", 5));
        _session.NoteGap(new ChannelCursor("/b", 2));
        _session.NoteGap(new ChannelCursor("/a", 9));

        Assert.Equal([new ChannelCursor("/b", 2), new ChannelCursor("/a", 9)], _session.TakeGaps());
        Assert.Empty(_session.TakeGaps());
    }

    private static long[] Offsets(ChannelBatch? batch) => [.. batch!.Messages.Select(static message => message.Offset)];

    private static DirectItem Large(string channel, int bytes) => new(new DirectMessage { Channel = channel, Body = new byte[bytes] }) { Frame = 1 };

    private sealed class NoSink : ISessionSink
    {
        public void Wake(LocalSession session, OutboxItem item)
        {
        }
    }

    private static LocalSession Live(TidingsLimits limits)
    {
        var session = new LocalSession(Tenant, "session", Options.Create(limits));
        session.Join();
        return session;
    }
}
