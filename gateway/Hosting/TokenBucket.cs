using System.Threading.RateLimiting;

namespace Tidings.Gateway.Hosting;

/// <summary>
/// A rate: the framework's token bucket, filled up when it turns out empty instead of by a timer of its own, so that a hundred thousand
/// cost nothing while nobody calls.
/// </summary>
internal sealed class TokenBucket(string name, int perSecond, int burstSeconds) : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly int _capacity = perSecond * burstSeconds;
    private readonly TokenBucketRateLimiter _limiter = new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = perSecond * burstSeconds,
        TokensPerPeriod = perSecond,
        ReplenishmentPeriod = Second,
        QueueLimit = 0,
        AutoReplenishment = false,
    });

    /// <summary>Takes tokens; more than fit take all.</summary>
    /// <returns>Null, or what is to be said to the caller.</returns>
    public RateRefusal? Take(int count)
    {
        var tokens = Math.Min(count, _capacity);
        return TryTake(tokens) || (_limiter.TryReplenish() && TryTake(tokens)) ? null : new RateRefusal(name, perSecond, WaitFor(tokens));
    }

    /// <summary>Whether it has been full for a while: forgetting it changes nothing.</summary>
    public bool IsIdle(TimeSpan since)
    {
        _limiter.TryReplenish();
        return _limiter.IdleDuration > since;
    }

    public void Dispose() => _limiter.Dispose();

    private bool TryTake(int tokens) => _limiter.AttemptAcquire(tokens).IsAcquired;

    private TimeSpan WaitFor(int tokens) => Second * (tokens - (double)(_limiter.GetStatistics()?.CurrentAvailablePermits ?? 0)) / perSecond;
}
