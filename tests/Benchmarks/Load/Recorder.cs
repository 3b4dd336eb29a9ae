namespace Tidings.Benchmarks.Load;

/// <summary>What all subscribers of a scene received together. Written by the event loop's thread, read by the others.</summary>
/// <param name="whole">Where all is recorded, too, when this is of a part of the subscribers.</param>
internal sealed class Recorder(Recorder? whole = null)
{
    volatile Window _window = new(long.MaxValue, long.MaxValue);
    long _received;
    long _lost;
    long _disordered;

    /// <summary>Messages received since the scene began.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Messages skipped: a later one of the same channel came instead.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Messages received twice or after a later one.</summary>
    public long Disordered => Volatile.Read(ref _disordered);

    /// <summary>Begins to measure messages due in the given time (microseconds).</summary>
    public Window Measure(long from, long to) => _window = new Window(from, to);

    public void Record(long due, long now)
    {
        whole?.Record(due, now);
        Volatile.Write(ref _received, _received + 1);
        var window = _window;
        if (now >= window.From && now < window.To)
            window.Arrived++;
        if (due >= window.From && due < window.To)
            window.Latency.Record(now - due);
    }

    public void RecordGap(int missing)
    {
        whole?.RecordGap(missing);
        Volatile.Write(ref _lost, _lost + missing);
    }

    public void RecordDisorder()
    {
        whole?.RecordDisorder();
        Volatile.Write(ref _disordered, _disordered + 1);
    }
}

/// <summary>The measured time: how many messages arrived in it, and the latencies of those that were due in it, whenever they came.</summary>
internal sealed class Window(long from, long to)
{
    public long From => from;

    public long To => to;

    public long Arrived { get; set; }

    public Histogram Latency { get; } = new();
}
