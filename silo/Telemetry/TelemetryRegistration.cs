using Microsoft.Extensions.Options;

namespace Tidings.Silo.Telemetry;

/// <summary>Registers what sends metrics and traces.</summary>
public static class TelemetryRegistration
{
    /// <summary>The share of messages that are begun to be followed; all, where a sampler of OpenTelemetry's decides then (<c>OTEL_TRACES_SAMPLER</c>).</summary>
    public static double MessageTraceShare(this IServiceProvider services) => TelemetryVariables.NamesSampler(services.GetRequiredService<IConfiguration>())
        ? 1
        : services.GetRequiredService<IOptions<TelemetryOptions>>().Value.TraceShare;

    /// <summary>Sends metrics and traces if a collector is configured (<see cref="TelemetryOptions"/>). To be called first: what starts first ends last.</summary>
    /// <param name="host">The host.</param>
    /// <param name="service">What the process is called, unless configuration says otherwise.</param>
    public static void AddTelemetry(this IHostApplicationBuilder host, string service)
    {
        host.Services.AddOptions<TelemetryOptions>().BindConfiguration(TelemetryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        host.Services.AddSingleton(new TelemetryService(service));
        host.Services.AddSingleton<TelemetryTrouble>();
        host.Services.AddHostedService<TelemetryExport>();
    }
}
