using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Load;

/// <summary>Drives all publishers at one total rate, from one thread.</summary>
internal sealed class Pacer(IReadOnlyList<Publisher> publishers)
{
    /// <summary>At high rates publishers are served this often (microseconds), not once a message.</summary>
    const long Tick = 500;

    /// <summary>Publishes at <paramref name="rate"/> messages a second in total, due from <paramref name="from"/> until before <paramref name="to"/>.</summary>
    public Thread Start(double rate, long from, long to)
    {
        for (var i = 0; i < publishers.Count; i++)
            publishers[i].Schedule(rate / publishers.Count, from + (i * Clock.Second / rate));
        var thread = new Thread(() => Run(to)) { IsBackground = true, Name = "pacer" };
        thread.Start();
        return thread;
    }

    void Run(long to)
    {
        Libc.WakeOnTime();
        for (var now = Clock.Now; now < to; now = Clock.Now)
        {
            foreach (var publisher in publishers)
                publisher.PublishDue(now, to);
            Clock.SleepUntil(Math.Min(to, Math.Max(NextDue(), now + Tick)));
        }
        foreach (var publisher in publishers)
            publisher.PublishDue(to, to);
    }

    long NextDue()
    {
        var next = long.MaxValue;
        foreach (var publisher in publishers)
            next = Math.Min(next, publisher.Due);
        return next;
    }
}
