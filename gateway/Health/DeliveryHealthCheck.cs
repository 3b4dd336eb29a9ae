using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tidings.Gateway.Health;

/// <summary>
/// Ready means: what is published comes back to this gateway. Answers from what is known, so that asking costs nothing, however often and by
/// whomever.
/// </summary>
internal sealed class DeliveryHealthCheck(Readiness readiness, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("The gateway stops.") : Result);

    private HealthCheckResult Result => readiness.State switch
    {
        ReadinessState.Ready => HealthCheckResult.Healthy("Publishing and delivering work."),
        ReadinessState.Late => HealthCheckResult.Degraded("What was published is late."),
        ReadinessState.Starting => HealthCheckResult.Unhealthy("Nothing that was published has come back yet."),
        _ => HealthCheckResult.Unhealthy("What is published does not come back."),
    };
}
