using System.ComponentModel.DataAnnotations;

namespace Tidings.Silo.Telemetry;

/// <summary>
/// Metrics and traces over OTLP, in configuration section <c>Tidings:Telemetry</c>. OpenTelemetry's own <c>OTEL_…</c> variables count, too, in the
/// environment or as settings without a section. Nothing is sent unless an endpoint is named, here or there.
/// </summary>
public sealed record TelemetryOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Tidings:Telemetry";

    /// <summary>
    /// The collector's address, such as <c>http://collector:4317</c>. Default unset: <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> counts; unset as well, nothing
    /// is collected and nothing sent.
    /// </summary>
    public string? Endpoint { get; init; }

    /// <summary>
    /// How the collector is spoken to. Default unset: <c>OTEL_EXPORTER_OTLP_PROTOCOL</c> counts, and without it <c>Grpc</c>. To the address of
    /// <c>HttpProtobuf</c>, <c>v1/metrics</c> and <c>v1/traces</c> are added.
    /// </summary>
    public TelemetryProtocol? Protocol { get; init; }

    /// <summary>
    /// The share of messages that are followed by a trace. Default 0.001, one in a thousand. <c>OTEL_TRACES_SAMPLER</c>, where it is set, decides instead, at
    /// the price of an object for each message.
    /// </summary>
    [Range(0d, 1d)]
    public double TraceShare { get; init; } = 0.001;

    /// <summary>
    /// Whether requests are traced, too, as ASP.NET Core does; a message is then followed if its request is. Whether a request is traced is what its
    /// <c>traceparent</c> says, so this is for callers that are trusted. Default false: what callers say of traces is not looked at.
    /// </summary>
    public bool Requests { get; init; }

    /// <summary>How often metrics are sent. Default unset: <c>OTEL_METRIC_EXPORT_INTERVAL</c> counts, and without it every minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan? MetricsEvery { get; init; }

    /// <summary>
    /// Meters sent beside <c>Tidings</c>. Default unset: <c>System.Runtime</c>, <c>Microsoft.AspNetCore.Hosting</c> and
    /// <c>Microsoft.AspNetCore.Server.Kestrel</c>. <c>Microsoft.Orleans</c> measures each call, which costs a tenth of what many channels cost.
    /// </summary>
    public IReadOnlyList<string>? Meters { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoint is { Length: > 0 } text && !(Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            yield return new ValidationResult($"{Section}:{nameof(Endpoint)} is not an http or https address.", [nameof(Endpoint)]);
        }
    }
}

/// <summary>How a collector is spoken to (OpenTelemetry Protocol Specification).</summary>
public enum TelemetryProtocol
{
    /// <summary>OTLP/gRPC; collectors listen on port 4317.</summary>
    Grpc,

    /// <summary>OTLP/HTTP with binary bodies; collectors listen on port 4318.</summary>
    HttpProtobuf,
}
