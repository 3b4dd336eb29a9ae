using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tidings.Gateway.Hosting;

/// <summary>
/// Ready means: a grain answers through the cluster. While a silo dies grains move, which takes some seconds; a gateway does not turn away
/// clients for that, as all of them would at once. The same holds while the logs' store is away: sessions go on without it, and a publish
/// is refused in the words of its protocol rather than in a balancer's. The gateway is then ready, but degraded.
/// </summary>
internal sealed class ClusterHealthCheck(IClusterClient cluster, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Balancers give a check about a second.</summary>
    private static readonly TimeSpan LogPatience = TimeSpan.FromMilliseconds(300);
    private static readonly string ProbeChannel = new ChannelId(ChannelId.DefaultTenant, "/meta/health").ToKey();

    /// <summary>A grain that needs no store to answer; no tenant has this name.</summary>
    private const string ProbeNumber = "/health";

    private long _answered;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var log = LogAnswersAsync(cancellationToken);
        try
        {
            await cluster.GetGrain<IConnectionNumberGrain>(ProbeNumber).Next().WaitAsync(cancellationToken);
            Interlocked.Exchange(ref _answered, time.GetTimestamp());
            return await log ? HealthCheckResult.Healthy("Grains answer.") : HealthCheckResult.Degraded("Grains answer, the logs' store does not.");
        }
        catch (Exception exception)
        {
            return Interlocked.Read(ref _answered) is not 0 and var answered && time.GetElapsedTime(answered) < Patience
                ? HealthCheckResult.Healthy("Grains answered a moment ago.")
                : HealthCheckResult.Unhealthy("No grain answers.", exception);
        }
    }

    private async Task<bool> LogAnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await cluster.GetGrain<IChannelGrain>(ProbeChannel).Read(0, 1).WaitAsync(LogPatience, time, cancellationToken);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
