using System.Numerics;

namespace Tidings.Benchmarks.Load;

/// <summary>Counts of microseconds in logarithmic buckets of 1/32 of their size: 3% precision from a microsecond to hours. One writer.</summary>
internal sealed class Histogram
{
    const int SubBits = 5, SubBuckets = 1 << SubBits;

    readonly long[] _counts = new long[(64 - SubBits) * SubBuckets];

    public long Count { get; private set; }

    public long Max { get; private set; }

    public void Record(long microseconds)
    {
        var value = Math.Max(0, microseconds);
        _counts[BucketOf(value)]++;
        Count++;
        if (value > Max)
            Max = value;
    }

    /// <summary>The upper bound in milliseconds of the bucket in which the given share of all values is reached; 0 when empty.</summary>
    public double Milliseconds(double share)
    {
        var wanted = (long)Math.Ceiling(Count * share);
        long seen = 0;
        for (var i = 0; i < _counts.Length && Count > 0; i++)
        {
            seen += _counts[i];
            if (seen >= wanted)
                return Math.Min(Max, UpperBound(i)) / 1000.0;
        }
        return 0;
    }

    static int BucketOf(long value)
    {
        if (value < SubBuckets)
            return (int)value;
        var shift = BitOperations.Log2((ulong)value) - SubBits;
        return ((shift + 1) * SubBuckets) + (int)(value >> shift) - SubBuckets;
    }

    static long UpperBound(int bucket)
    {
        if (bucket < SubBuckets)
            return bucket;
        var shift = (bucket / SubBuckets) - 1;
        return ((long)((bucket % SubBuckets) + SubBuckets + 1) << shift) - 1;
    }
}
