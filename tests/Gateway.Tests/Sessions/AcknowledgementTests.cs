using Microsoft.Extensions.Options;
using Tidings.Gateway.Sessions;
using static Tidings.Gateway.Tests.Sessions.Deliveries;

namespace Tidings.Gateway.Tests.Sessions;

/// <summary>Sessions whose clients acknowledge batches.</summary>
public sealed class AcknowledgementTests
{
    private readonly LocalSession _session = Acknowledging();

    [Fact]
    public void A_session_that_does_not_acknowledge_has_no_batches()
    {
        var session = new LocalSession(Tenant, "s", Options.Create(new TidingsLimits()));

        Assert.Null(session.CloseBatch());
    }

    [Fact]
    public void Batches_are_numbered_from_one_also_when_they_are_empty()
    {
        Assert.Equal([1L, 2], [_session.CloseBatch(), _session.CloseBatch()]);
    }

    [Fact]
    public void What_is_acknowledged_is_done_with()
    {
        var batch = Write(Item("/a", 1, frame: 7));
        Assert.Equal(7, _session.FirstUndelivered);

        _session.Acknowledge(batch);

        Assert.False(_session.HasPending);
        Assert.Null(_session.FirstUndelivered);
        Assert.Empty(_session.GiveUp(LocalState.Parked).Cursors);
    }

    [Fact]
    public void What_is_not_acknowledged_waits_again_before_everything_else()
    {
        var acknowledged = Write(Item("/a", 1, frame: 1));
        _session.Acknowledge(acknowledged);
        var lost = Write(Item("/a", 2, frame: 2), Direct("/service/x", frame: 3));
        _session.Enqueue(Item("/a", 3, frame: 4));

        _session.Acknowledge(acknowledged);

        Assert.Equal(["/a:2", "/service/x", "/a:3"], Names(_session.TakeForWriting()));
        Assert.True(_session.CloseBatch() > lost);
    }

    [Fact]
    public void A_gap_told_with_a_batch_that_is_lost_is_told_again()
    {
        var gap = new ChannelCursor("/a", 9, 1);
        _session.NoteGap(gap);
        var lost = Write(Item("/a", 9, frame: 1));
        Assert.Empty(_session.TakeGaps());

        _session.Acknowledge(lost - 1);
        Assert.Equal([gap], _session.TakeGaps());
        Assert.Equal([gap], _session.GiveUp(LocalState.Parked).Gaps);
    }

    [Fact]
    public void A_gap_told_with_a_batch_that_is_acknowledged_is_told()
    {
        _session.NoteGap(new ChannelCursor("/a", 9, 1));
        var batch = Write(Item("/a", 9, frame: 1));

        _session.Acknowledge(batch);

        Assert.Empty(_session.TakeGaps());
        Assert.Empty(_session.GiveUp(LocalState.Parked).Gaps);
    }

    [Fact]
    public void A_batch_that_was_not_written_is_no_batch()
    {
        _session.Enqueue(Item("/a", 1, frame: 1));
        _session.TakeForWriting();
        var failed = _session.CloseBatch()!.Value;
        _session.NotWritten();

        _session.Acknowledge(failed);

        Assert.Equal(["/a:1"], Names(_session.TakeForWriting()));
    }

    [Fact]
    public void What_a_connect_brings_that_another_overtook_waits_again()
    {
        _session.Acknowledge(0);
        _session.Enqueue(Item("/a", 1, frame: 1));
        _session.TakeForWriting();
        _session.CloseBatch();

        _session.Acknowledge(0);
        Assert.Null(_session.TakeForWriting());
        _session.Written();

        Assert.Equal(["/a:1"], Names(_session.TakeForWriting()));
    }

    [Fact]
    public void A_client_may_acknowledge_before_the_write_is_known_to_have_ended()
    {
        _session.Enqueue(Item("/a", 1, frame: 1));
        _session.TakeForWriting();
        var batch = _session.CloseBatch()!.Value;

        _session.Acknowledge(batch);
        _session.Written();

        Assert.False(_session.HasPending);
        Assert.Null(_session.FirstUndelivered);
    }

    [Fact]
    public void What_was_lost_with_a_batch_is_not_acknowledged_by_a_later_one_that_does_not_hold_it()
    {
        Write(Item("/a", 1, frame: 1), Direct("/service/x", frame: 2));
        var directs = _session.GiveUp(LocalState.Parked).Directs;
        _session.BeginStay();
        _session.Join();
        _session.Acknowledge(0);
        var later = Write(Item("/b", 1, frame: 3));

        _session.Enqueue(Item("/a", 1, frame: 4));
        _session.Enqueue(new DirectItem(directs[0]) { Frame = 5 });
        _session.Acknowledge(later);

        Assert.Equal(["/a:1", "/service/x"], Names(_session.TakeForWriting()));
    }

    [Fact]
    public void Given_up_it_tells_its_batches_and_goes_back_before_them()
    {
        var batch = Write(Item("/a", 5, frame: 1, count: 2), Item("/b", 9, frame: 2), Item("/a", 7, frame: 3));
        _session.Enqueue(Item("/a", 8, frame: 4));

        var handover = _session.GiveUp(LocalState.Parked);

        var told = Assert.Single(handover.Batches);
        Assert.Equal(batch, told.Number);
        Assert.Equal([new ChannelCursor("/a", 7, 1), new ChannelCursor("/b", 9, 1)], ByChannel(told.Upto));
        Assert.Equal([new ChannelCursor("/a", 4, 1), new ChannelCursor("/b", 8, 1)], ByChannel(handover.Cursors));
    }

    [Fact]
    public void Given_up_it_tells_the_batches_of_its_direct_messages()
    {
        var batch = Write(Direct("/service/x", frame: 1));
        _session.Enqueue(Direct("/service/y", frame: 2));

        var directs = _session.GiveUp(LocalState.Parked).Directs;

        Assert.Equal([("/service/x", batch), ("/service/y", 0L)], directs.Select(static direct => (direct.Channel, direct.Batch)));
    }

    [Fact]
    public void A_batch_acknowledged_elsewhere_is_cut_from_what_comes_and_from_what_waits()
    {
        var session = CameFromElsewhere(new UnacknowledgedBatch(3, [new ChannelCursor("/a", 7, 1), new ChannelCursor("/b", 2, 1)]));
        session.Enqueue(Item("/a", 5, frame: 1, count: 4));

        session.Acknowledge(3);
        session.Enqueue(Item("/b", 1, frame: 2, count: 3));
        session.Enqueue(Item("/b", 2, frame: 3));

        Assert.Equal(["/a:8", "/b:3"], Names(session.TakeForWriting()));
    }

    [Fact]
    public void A_batch_of_another_epoch_cuts_nothing()
    {
        var session = CameFromElsewhere(new UnacknowledgedBatch(3, [new ChannelCursor("/a", 7, Epoch: 2)]));
        session.Acknowledge(3);

        session.Enqueue(Item("/a", 5, frame: 1));

        Assert.Equal(["/a:5"], Names(session.TakeForWriting()));
    }

    [Fact]
    public void A_batch_not_acknowledged_elsewhere_comes_whole_and_under_a_later_number()
    {
        var session = CameFromElsewhere(new UnacknowledgedBatch(3, [new ChannelCursor("/a", 7, 1)]));
        session.Enqueue(Item("/a", 5, frame: 1, count: 3));

        session.Acknowledge(2);

        Assert.Equal(["/a:5", "/a:6", "/a:7"], Names(session.TakeForWriting()));
        Assert.Equal(4, session.CloseBatch());
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void A_direct_message_is_cut_with_the_batch_it_was_written_in(long written, bool comes)
    {
        var session = CameFromElsewhere(new UnacknowledgedBatch(3, []));
        session.Acknowledge(3);

        session.Enqueue(new DirectItem(Word("/service/x") with { Batch = written }) { Frame = 1 });

        Assert.Equal(comes, session.HasPending);
    }

    [Fact]
    public void What_is_not_acknowledged_fills_the_window_until_it_is()
    {
        var limits = new TidingsLimits { PendingMessagesPerSession = 3 };
        var (full, emptied) = (Acknowledging(limits), Acknowledging(limits));
        Write(full, Item("/a", 1, frame: 1, count: 3));
        emptied.Acknowledge(Write(emptied, Item("/a", 1, frame: 1, count: 3)));

        Assert.False(full.Enqueue(Item("/a", 4, frame: 2)));
        Assert.Equal(LocalState.Lagging, full.State);
        Assert.True(emptied.Enqueue(Item("/a", 4, frame: 2, count: 3)));
    }

    [Fact]
    public void What_is_cut_makes_room()
    {
        var session = CameFromElsewhere(new UnacknowledgedBatch(3, [new ChannelCursor("/a", 2, 1)]), new TidingsLimits { PendingMessagesPerSession = 3 });
        session.Enqueue(Item("/a", 1, frame: 1, count: 3));
        session.Acknowledge(3);

        Assert.True(session.Enqueue(Item("/a", 4, frame: 2, count: 2)));
        Assert.False(session.Enqueue(Item("/a", 6, frame: 3)));
    }

    private long Write(params OutboxItem[] items) => Write(_session, items);

    private static long Write(LocalSession session, params OutboxItem[] items)
    {
        foreach (var item in items)
        {
            Assert.True(item is DirectItem direct ? session.Enqueue(direct) == 0 : session.Enqueue((DeliveryBatch)item));
        }

        Assert.NotNull(session.TakeForWriting());
        var number = session.CloseBatch()!.Value;
        session.TakeGaps();
        session.Written();
        return number;
    }

    private static LocalSession Acknowledging(TidingsLimits? limits = null) => Attached(limits, null);

    private static LocalSession CameFromElsewhere(UnacknowledgedBatch batch, TidingsLimits? limits = null) => Attached(limits, [batch]);

    private static LocalSession Attached(TidingsLimits? limits, UnacknowledgedBatch[]? batches)
    {
        var session = new LocalSession(Tenant, "session", Options.Create(limits ?? new TidingsLimits()));
        var description = new SessionDescription { Protocol = "bayeux", Lifetime = TimeSpan.FromMinutes(1), Acknowledges = true };
        session.Attached(new AttachResult(description, Live: true, Started: true, Batches: batches));
        session.Join();
        return session;
    }

    private static IEnumerable<ChannelCursor> ByChannel(IEnumerable<ChannelCursor> cursors) =>
        cursors.OrderBy(static cursor => cursor.Channel, StringComparer.Ordinal);
}
