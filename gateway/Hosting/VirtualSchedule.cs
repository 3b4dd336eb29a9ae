namespace Tidings.Gateway.Hosting;

/// <summary>
/// Events of one kind as a virtual schedule (ITU-T I.371, generic cell rate algorithm), such as failed log-ins of one address: each moves the
/// time at which all are forgotten by one penalty. The framework's limiters count by the machine's clock, which no test can move.
/// </summary>
/// <param name="allowed">So many at once.</param>
/// <param name="penalty">After so long another one.</param>
internal sealed class VirtualSchedule(int allowed, TimeSpan penalty)
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

    /// <summary>How long until one more is allowed.</summary>
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
