using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tidings.Gateway.Hosting;

/// <summary>
/// Ready means: a channel answers through the cluster, its log included. While a silo dies its channels move, which takes some seconds; a
/// gateway does not turn away clients for that, as all of them would at once.
/// </summary>
internal sealed class ClusterHealthCheck(IClusterClient cluster, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private long _answered;

    private static readonly string ProbeChannel = new ChannelId(ChannelId.DefaultTenant, "/meta/health").ToKey();

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await cluster.GetGrain<IChannelGrain>(ProbeChannel).Read(0, 1).WaitAsync(cancellationToken);
            Interlocked.Exchange(ref _answered, time.GetTimestamp());
            return HealthCheckResult.Healthy("Channels answer.");
        }
        catch (Exception exception)
        {
            return Interlocked.Read(ref _answered) is not 0 and var answered && time.GetElapsedTime(answered) < Patience
                ? HealthCheckResult.Healthy("Channels answered a moment ago.")
                : HealthCheckResult.Unhealthy("No channel answers.", exception);
        }
    }
}
