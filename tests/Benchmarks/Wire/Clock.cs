using System.Diagnostics;

namespace Tidings.Benchmarks.Wire;

/// <summary>One monotonic clock for schedules, payload stamps and latencies: microseconds since this process started.</summary>
internal static class Clock
{
    public const long Second = 1_000_000;

    static readonly long Origin = Stopwatch.GetTimestamp();

    public static long Now => Stopwatch.GetElapsedTime(Origin).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Sleeps until <paramref name="due"/> with the precision of the kernel's timer, which a thread pool timer has not.</summary>
    public static void SleepUntil(long due)
    {
        var left = due - Now;
        if (left > 0)
            Libc.Sleep(left);
    }
}
