using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Tidings.Gateway.Tests.Telemetry;

/// <summary>An OTLP receiver (OpenTelemetry Protocol Specification: "OTLP/HTTP" with binary bodies, and "OTLP/gRPC").</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Collector(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    /// <summary>Spans in the order of their coming.</summary>
    public ConcurrentQueue<CollectedSpan> Spans { get; } = new();

    /// <summary>The last points of metrics, by name; each of them with its attributes.</summary>
    public ConcurrentDictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string>>> Metrics { get; } = new(StringComparer.Ordinal);

    /// <summary>The services that sent something.</summary>
    public ConcurrentDictionary<string, bool> Services { get; } = new(StringComparer.Ordinal);

    /// <param name="grpc">Whether it speaks gRPC instead of HTTP with binary bodies.</param>
    public static async Task<Collector> StartAsync(bool grpc = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = grpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var app = builder.Build();
        var collector = new Collector(app);
        app.MapPost("/v1/metrics", request => ReadAsync(request, collector.TakeMetrics));
        app.MapPost("/v1/traces", request => ReadAsync(request, collector.TakeSpans));
        app.MapPost("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", request => ReadCallAsync(request, collector.TakeMetrics));
        app.MapPost("/opentelemetry.proto.collector.trace.v1.TraceService/Export", request => ReadCallAsync(request, collector.TakeSpans));
        await app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task ReadAsync(HttpContext context, Action<ProtoMessage> take)
    {
        Assert.Equal("application/x-protobuf", context.Request.ContentType);
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        take(new ProtoMessage(body.ToArray()));
        context.Response.ContentType = "application/x-protobuf";
    }

    /// <summary>A unary call ("gRPC over HTTP2"): a flag, the length in four bytes, the message; the answer is an empty one, and the status comes behind it.</summary>
    private static async Task ReadCallAsync(HttpContext context, Action<ProtoMessage> take)
    {
        Assert.Equal("application/grpc", context.Request.ContentType);
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var frame = body.ToArray();
        Assert.Equal(0, frame[0]);
        Assert.Equal(frame.Length - 5, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(1)));
        take(new ProtoMessage(frame.AsSpan(5)));
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(new byte[5]);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    /// <summary>ExportTraceServiceRequest: resource_spans = 1; ResourceSpans: resource = 1, scope_spans = 2; ScopeSpans: spans = 2.</summary>
    private void TakeSpans(ProtoMessage request)
    {
        foreach (var resource in request.Messages(1))
        {
            var service = ServiceOf(resource);
            foreach (var span in resource.Messages(2).SelectMany(static scope => scope.Messages(2)))
            {
                Spans.Enqueue(CollectedSpan.Of(span, service));
            }
        }
    }

    /// <summary>
    /// ExportMetricsServiceRequest: resource_metrics = 1; ResourceMetrics: resource = 1, scope_metrics = 2; ScopeMetrics: metrics = 2; Metric: name = 1,
    /// gauge = 5, sum = 7, histogram = 9, each with data_points = 1; NumberDataPoint: attributes = 7; HistogramDataPoint: attributes = 9.
    /// </summary>
    private void TakeMetrics(ProtoMessage request)
    {
        foreach (var resource in request.Messages(1))
        {
            ServiceOf(resource);
            foreach (var metric in resource.Messages(2).SelectMany(static scope => scope.Messages(2)))
            {
                Metrics[metric.Text(1)] =
                [
                    .. ((int[])[5, 7]).SelectMany(metric.Messages).SelectMany(static data => data.Messages(1)).Select(static point => AttributesOf(point, 7)),
                    .. metric.Messages(9).SelectMany(static data => data.Messages(1)).Select(static point => AttributesOf(point, 9)),
                ];
            }
        }
    }

    private string ServiceOf(ProtoMessage resource)
    {
        var service = AttributesOf(resource.Message(1)!, 1).GetValueOrDefault("service.name", "");
        Services[service] = true;
        return service;
    }

    /// <summary>KeyValue: key = 1, value = 2; AnyValue: string_value = 1, bool_value = 2, int_value = 3.</summary>
    internal static Dictionary<string, string> AttributesOf(ProtoMessage message, int number) => message.Messages(number).ToDictionary(
        static pair => pair.Text(1),
        static pair => pair.Message(2) is not { } value ? ""
            : value.Text(1) is { Length: > 0 } text ? text
            : value.Number(3).ToString(System.Globalization.CultureInfo.InvariantCulture));
}

/// <summary>A span as it came.</summary>
internal sealed record CollectedSpan(string Service, string Trace, string Id, string Parent, string Name, IReadOnlyDictionary<string, string> Attributes)
{
    /// <summary>Span: trace_id = 1, span_id = 2, parent_span_id = 4, name = 5, attributes = 9.</summary>
    public static CollectedSpan Of(ProtoMessage span, string service) => new(
        service,
        Convert.ToHexStringLower(span.Bytes(1)),
        Convert.ToHexStringLower(span.Bytes(2)),
        Convert.ToHexStringLower(span.Bytes(4)),
        span.Text(5),
        Collector.AttributesOf(span, 9));
}
