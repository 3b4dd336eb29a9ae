namespace Tidings.Grains.Logs;

/// <summary>A wall clock that stands until it is moved, and begins long ago, as ages go by the earlier of a silo's clock and Redis'; timers run as usual, and so does what passes, with what it is moved by.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _moved;
    private DateTimeOffset _now = new(2016, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public long Milliseconds => _now.ToUnixTimeMilliseconds();

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _moved);

    public void Advance(TimeSpan time)
    {
        _now += time;
        Interlocked.Add(ref _moved, (long)(time.TotalSeconds * TimestampFrequency));
    }
}
