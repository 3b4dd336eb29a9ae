namespace Tidings.Grains.Sessions;

/// <inheritdoc cref="IConnectionNumberGrain"/>
internal sealed class ConnectionNumberGrain(TimeProvider time) : Grain, IConnectionNumberGrain
{
    private long _last;

    public Task<long> Next()
    {
        _last = Math.Max(_last + 1, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        return Task.FromResult(_last);
    }
}
