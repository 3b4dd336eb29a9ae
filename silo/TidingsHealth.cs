using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tidings.Grains.Logs;
using Tidings.Grains.Membership;

namespace Tidings.Silo;

/// <summary>Health of processes: live means that the process answers, ready that it does its work.</summary>
public static class TidingsHealth
{
    /// <summary>The tag of checks that decide whether a process is ready.</summary>
    public const string ReadyTag = "ready";

    /// <summary>Adds the checks of a silo.</summary>
    public static IHealthChecksBuilder AddTidingsSilo(this IHealthChecksBuilder checks) => checks
        .AddCheck<LogHealthCheck>("log", tags: [ReadyTag])
        .AddCheck<MembershipHealthCheck>("membership", tags: [ReadyTag]);

    /// <summary>Maps <c>/health/live</c> and <c>/health/ready</c>.</summary>
    public static void MapTidingsHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = static _ => false }).AllowAnonymous();
        routes.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = static check => check.Tags.Contains(ReadyTag) }).AllowAnonymous();
    }

    private sealed class LogHealthCheck(IMessageLog log) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            await log.IsHealthyAsync(cancellationToken) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The log does not answer.");
    }

    private sealed class MembershipHealthCheck(IServiceProvider services) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
            services.GetRequiredService<ISiloStatusOracle>().CurrentStatus != SiloStatus.Active
                ? HealthCheckResult.Unhealthy("This silo is not an active member of the cluster.")
                : services.GetService<ISiloMembership>() is { IsForgotten: true }
                    ? HealthCheckResult.Unhealthy("The table of members has lost this silo.")
                    : HealthCheckResult.Healthy());
    }
}
