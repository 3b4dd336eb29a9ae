using System.Diagnostics.Metrics;

namespace Tidings;

/// <summary>Bounds of the histograms of durations, in seconds: from half a millisecond, since much is quicker than the usual ones begin at.</summary>
public static class DurationBuckets
{
    /// <summary>The bounds, as advice to whoever collects.</summary>
    public static InstrumentAdvice<double> Advice { get; } = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };
}
