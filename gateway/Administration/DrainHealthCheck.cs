using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tidings.Gateway.Administration;

/// <summary>A gateway that moves its sessions to others is not ready: nobody new is to be sent to it.</summary>
internal sealed class DrainHealthCheck(GatewayDrain drain) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(drain.IsDraining ? HealthCheckResult.Unhealthy("This gateway is drained.") : HealthCheckResult.Healthy());
}
