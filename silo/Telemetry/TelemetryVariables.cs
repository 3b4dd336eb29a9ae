namespace Tidings.Silo.Telemetry;

/// <summary>The variables of OpenTelemetry ("OpenTelemetry Environment Variable Specification") that are looked at here; the SDK and its exporter look at theirs.</summary>
internal static class TelemetryVariables
{
    /// <summary>Whether the sampler of traces is named.</summary>
    internal static bool NamesSampler(IConfiguration configuration) => Has(configuration, "OTEL_TRACES_SAMPLER");

    /// <summary>Whether the service's name is given.</summary>
    internal static bool NamesService(IConfiguration configuration) =>
        Has(configuration, "OTEL_SERVICE_NAME") || configuration["OTEL_RESOURCE_ATTRIBUTES"]?.Contains("service.name=", StringComparison.Ordinal) == true;

    /// <summary>Whether a signal is to be sent.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="signal"><c>METRICS</c> or <c>TRACES</c>.</param>
    /// <param name="endpoint">The endpoint that is configured otherwise.</param>
    internal static bool Wants(IConfiguration configuration, string signal, string? endpoint) =>
        !string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase)
        && !string.Equals(configuration[$"OTEL_{signal}_EXPORTER"], "none", StringComparison.OrdinalIgnoreCase)
        && (!string.IsNullOrEmpty(endpoint) || Has(configuration, "OTEL_EXPORTER_OTLP_ENDPOINT") || Has(configuration, $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"));

    private static bool Has(IConfiguration configuration, string name) => !string.IsNullOrEmpty(configuration[name]);
}
