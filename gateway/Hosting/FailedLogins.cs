namespace Tidings.Gateway.Hosting;

/// <summary>
/// Failures of one address or account, as a virtual schedule (ITU-T I.371, generic cell rate algorithm): each failure moves the time at
/// which all are forgotten by one penalty. The framework's limiters count by the machine's clock, which no test can move.
/// </summary>
internal sealed class FailedLogins(int allowed, TimeSpan penalty)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _forgotten;

    public void Add(DateTimeOffset now)
    {
        lock (_lock)
        {
            _forgotten = (_forgotten > now ? _forgotten : now) + penalty;
        }
    }

    /// <summary>How long until one more failure is allowed.</summary>
    public TimeSpan Wait(DateTimeOffset now)
    {
        lock (_lock)
        {
            var wait = _forgotten - now - (penalty * (allowed - 1));
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
    }

    public bool IsForgotten(DateTimeOffset now)
    {
        lock (_lock)
        {
            return _forgotten <= now;
        }
    }
}
