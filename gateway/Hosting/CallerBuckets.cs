using System.Threading.RateLimiting;

namespace Tidings.Gateway.Hosting;

/// <summary>What one address, user or tenant has used of its rates.</summary>
internal sealed class CallerBuckets : IDisposable
{
    private readonly ConcurrencyLimiter? _sessions;
    private int _holders;

    public CallerBuckets(Rate rate, int burstSeconds, int sessions)
    {
        Handshakes = Bucket("handshakes_per_second", rate.Handshakes, burstSeconds);
        Publishes = Bucket("publishes_per_second", rate.Publishes, burstSeconds);
        Bytes = Bucket("bytes_per_second", rate.Bytes, burstSeconds);
        _sessions = sessions == 0 ? null : new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = sessions, QueueLimit = 0 });
    }

    public TokenBucket? Handshakes { get; }

    public TokenBucket? Publishes { get; }

    public TokenBucket? Bytes { get; }

    /// <summary>How many connections refer to it.</summary>
    public int Holders => Math.Max(0, Volatile.Read(ref _holders));

    /// <summary>A place for one more session, to be disposed at its end; null where sessions are not counted.</summary>
    public RateLimitLease? EnterSession() => _sessions?.AttemptAcquire();

    /// <summary>Kept while a connection refers to it. False when it is being forgotten.</summary>
    public bool TryHold()
    {
        var holders = Volatile.Read(ref _holders);
        while (holders >= 0)
        {
            var seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return true;
            }

            holders = seen;
        }

        return false;
    }

    public void Release() => Interlocked.Decrement(ref _holders);

    /// <summary>Marks it as forgotten if nobody refers to it and all its rates are whole again.</summary>
    public bool TryForget(TimeSpan idle) =>
        Volatile.Read(ref _holders) == 0 && IsWhole(Handshakes, idle) && IsWhole(Publishes, idle) && IsWhole(Bytes, idle)
        && (_sessions is null || _sessions.IdleDuration is not null)
        && Interlocked.CompareExchange(ref _holders, -1, 0) == 0;

    public void Dispose()
    {
        Handshakes?.Dispose();
        Publishes?.Dispose();
        Bytes?.Dispose();
        _sessions?.Dispose();
    }

    private static bool IsWhole(TokenBucket? bucket, TimeSpan idle) => bucket is null || bucket.IsIdle(idle);

    private static TokenBucket? Bucket(string name, int perSecond, int burstSeconds) => perSecond == 0 ? null : new TokenBucket(name, perSecond, burstSeconds);
}
