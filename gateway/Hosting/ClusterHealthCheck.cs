using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tidings.Gateway.Hosting;

/// <summary>Ready means: a channel answers through the cluster, its log included.</summary>
internal sealed class ClusterHealthCheck(IClusterClient cluster) : IHealthCheck
{
    private static readonly string ProbeChannel = new ChannelId(ChannelId.DefaultTenant, "/meta/health").ToKey();

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await cluster.GetGrain<IChannelGrain>(ProbeChannel).Read(0, 1).WaitAsync(cancellationToken);
            return HealthCheckResult.Healthy("Channels answer.");
        }
        catch (Exception exception)
        {
            return HealthCheckResult.Unhealthy("No channel answers.", exception);
        }
    }
}
