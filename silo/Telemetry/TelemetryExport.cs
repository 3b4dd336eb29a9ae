using System.Reflection;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Tidings.Silo.Telemetry;

/// <summary>
/// Sends metrics and traces to a collector. A collector that is away or slow costs nothing but what it misses: the SDK keeps a bounded number of
/// spans (2,048) and the sums of metrics, tries from time to time, and drops the rest.
/// </summary>
internal sealed class TelemetryExport(
    IOptions<TelemetryOptions> options, IConfiguration configuration, TelemetryService service, TelemetryTrouble trouble) : IHostedService, IDisposable
{
    private const string RequestSource = "Microsoft.AspNetCore";
    private static readonly TimeSpan FlushPatience = TimeSpan.FromSeconds(3);

    private static readonly string[] UsualMeters = ["System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    private readonly TelemetryOptions _options = options.Value;
    private MeterProvider? _metrics;
    private TracerProvider? _traces;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (TelemetryVariables.Wants(configuration, "METRICS", _options.Endpoint))
        {
            _metrics = MetricsOf();
        }

        if (TelemetryVariables.Wants(configuration, "TRACES", _options.Endpoint))
        {
            _traces = TracesOf();
        }

        if (_metrics is not null || _traces is not null)
        {
            trouble.Listen();
        }

        return Task.CompletedTask;
    }

    /// <summary>Sends what there is, for as long as a stop may wait for a collector.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(
        Task.Run(() => _traces?.Shutdown((int)FlushPatience.TotalMilliseconds), CancellationToken.None),
        Task.Run(() => _metrics?.Shutdown((int)FlushPatience.TotalMilliseconds), CancellationToken.None));

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    private MeterProvider MetricsOf() => OpenTelemetry.Sdk.CreateMeterProviderBuilder()
        .ConfigureServices(Configure)
        .ConfigureResource(Describe)
        .AddMeter("Tidings")
        .AddMeter([.. _options.Meters ?? UsualMeters])
        .AddOtlpExporter((exporter, reader) =>
        {
            Address(exporter, "v1/metrics");
            if (_options.MetricsEvery is { } every)
            {
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)every.TotalMilliseconds;
            }
        })
        .Build();

    /// <summary>Which messages are followed is decided when they are published; whatever got so far is sent, unless a variable names a sampler.</summary>
    private TracerProvider TracesOf()
    {
        var builder = OpenTelemetry.Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(Configure)
            .ConfigureResource(Describe)
            .AddSource(MessageTrace.SourceName)
            .AddOtlpExporter(exporter => Address(exporter, "v1/traces"));
        if (_options.Requests)
        {
            builder.AddSource(RequestSource);
        }

        if (!TelemetryVariables.NamesSampler(configuration))
        {
            builder.SetSampler(new ParentBasedSampler(new RootSampler(_options.TraceShare)));
        }

        return builder.Build();
    }

    /// <summary>The variables are looked for where all settings are.</summary>
    private void Configure(IServiceCollection services) => services.AddSingleton(configuration);

    private void Describe(ResourceBuilder resource)
    {
        var version = typeof(TelemetryExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        if (!TelemetryVariables.NamesService(configuration))
        {
            resource.AddService(service.Name, serviceVersion: version);
        }

        // What the variables say comes last, and wins.
        resource.AddEnvironmentVariableDetector();
    }

    private void Address(OtlpExporterOptions exporter, string path)
    {
        if (_options.Protocol is { } protocol)
        {
            exporter.Protocol = protocol == TelemetryProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        }

        if (_options.Endpoint is { Length: > 0 } endpoint)
        {
            exporter.Endpoint = exporter.Protocol == OtlpExportProtocol.Grpc ? new Uri(endpoint) : new Uri(endpoint.TrimEnd('/') + "/" + path);
        }
    }

    /// <summary>Messages were chosen already; requests, where they are traced, are chosen here.</summary>
    private sealed class RootSampler(double share) : Sampler
    {
        private readonly TraceIdRatioBasedSampler _requests = new(share);

        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
            samplingParameters.Kind == System.Diagnostics.ActivityKind.Producer
                ? new SamplingResult(SamplingDecision.RecordAndSample)
                : _requests.ShouldSample(samplingParameters);
    }
}

/// <summary>What this process is called in telemetry.</summary>
/// <param name="Name">The service's name, such as <c>tidings-gateway</c>.</param>
internal sealed record TelemetryService(string Name);
