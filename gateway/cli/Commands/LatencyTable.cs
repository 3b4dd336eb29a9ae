namespace Tidings.Cli.Commands;

/// <summary>Counts latencies in classes that are 5% wide, so that any number of them takes the same room.</summary>
internal sealed class LatencyTable
{
    private const double Width = 1.05;
    private const double Least = 0.01;
    private readonly long[] _counts = new long[512];
    private long _max;

    /// <summary>The largest, in milliseconds.</summary>
    public double Max => TimeSpan.FromTicks(Interlocked.Read(ref _max)).TotalMilliseconds;

    public void Add(TimeSpan latency)
    {
        var place = (int)Math.Clamp(Math.Log(Math.Max(latency.TotalMilliseconds, Least) / Least, Width), 0, _counts.Length - 1);
        Interlocked.Increment(ref _counts[place]);
        for (var max = Interlocked.Read(ref _max); latency.Ticks > max;)
        {
            var found = Interlocked.CompareExchange(ref _max, latency.Ticks, max);
            max = found == max ? latency.Ticks : found;
        }
    }

    /// <summary>The latency, in milliseconds, that this part of all did not exceed; 0 where there are none.</summary>
    /// <param name="part">Between 0 and 1.</param>
    public double At(double part)
    {
        var left = (long)Math.Ceiling(_counts.Sum() * part);
        for (var i = 0; i < _counts.Length && left > 0; i++)
        {
            left -= _counts[i];
            if (left <= 0)
            {
                return Math.Min(Max, Least * Math.Pow(Width, i + 1));
            }
        }

        return 0;
    }
}
