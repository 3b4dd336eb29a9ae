using Microsoft.Extensions.Options;
using Tidings.Gateway.Sessions;
using static Tidings.Gateway.Tests.Sessions.Deliveries;

namespace Tidings.Gateway.Tests.Sessions;

/// <summary>Batches that a client acknowledges.</summary>
public sealed class BatchTests
{
    private readonly LocalSession _session = Open();

    [Fact]
    public void What_is_not_acknowledged_is_given_again_before_what_came_later()
    {
        Give(1);
        var batch = Write();
        Give(2);

        _session.Acknowledge(batch - 1);

        Assert.Equal(["/a:1", "/a:2"], Names(_session.TakeForWriting()));
    }

    [Fact]
    public void What_is_acknowledged_is_not_given_again()
    {
        Give(1);
        var batch = Write();

        _session.Acknowledge(batch);

        Assert.Null(_session.TakeForWriting());
    }

    [Fact]
    public void A_connect_that_comes_late_brings_nothing_twice()
    {
        Give(1);
        var first = Write();
        _session.Acknowledge(first);
        Give(2);
        var second = Write();

        // The client gave this one up long ago; the next one acknowledges what was written meanwhile.
        _session.Acknowledge(first);
        _session.Acknowledge(second);

        Assert.Null(_session.TakeForWriting());
        Give(3);
        Assert.Equal(["/a:3"], Names(_session.TakeForWriting()));
    }

    [Fact]
    public void A_late_connect_s_own_batch_does_not_hide_an_earlier_one_s_number()
    {
        Give(1);
        Give(2);
        var first = Write();
        _session.Acknowledge(0);
        Write();

        _session.Acknowledge(first);

        Assert.Null(_session.TakeForWriting());
    }

    [Fact]
    public void A_batch_that_was_written_beside_a_later_connect_is_known_by_its_number()
    {
        Give(1);
        Assert.NotNull(_session.TakeForWriting());
        var batch = _session.CloseBatch()!.Value;
        _session.Acknowledge(0);
        _session.Written();
        Assert.True(_session.HasPending);

        _session.Acknowledge(batch);

        Assert.Null(_session.TakeForWriting());
    }

    private static LocalSession Open()
    {
        var session = new LocalSession(Tenant, "one", Options.Create(new TidingsLimits()));
        session.Begin(new SessionDescription { Protocol = "test", Lifetime = TimeSpan.FromMinutes(1), Acknowledges = true }, new Silent(), DateTimeOffset.UnixEpoch);
        session.Join();
        return session;
    }

    private void Give(long offset) => _session.Enqueue(Item("/a", offset, frame: offset));

    private long Write()
    {
        Assert.NotNull(_session.TakeForWriting());
        var batch = _session.CloseBatch()!.Value;
        _session.Written();
        return batch;
    }

    private sealed class Silent : IProtocolSession
    {
        public string Transport => Transports.None;

        public void Tick(LocalSession session, DateTimeOffset now)
        {
        }

        public void Released(LocalSession session)
        {
        }

        public void Ended(LocalSession session, SessionEnd reason)
        {
        }

        public void Stopping(LocalSession session)
        {
        }
    }
}
