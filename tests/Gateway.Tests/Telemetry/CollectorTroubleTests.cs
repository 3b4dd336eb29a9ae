using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Tests.Server;
using Tidings.Silo.Telemetry;

namespace Tidings.Gateway.Tests.Telemetry;

public sealed class CollectorTroubleTests
{
    [Fact]
    public async Task A_collector_that_is_down_is_said_once_and_stops_nothing()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var address = $"http://{closed.LocalEndpoint}";
        closed.Stop();
        using var lines = new Lines();
        await using var server = await OwnServer.StartAsync(
            "Development",
            builder => builder.Logging.AddProvider(lines),
            ("Tidings:Telemetry:Endpoint", address),
            ("Tidings:Telemetry:Protocol", "HttpProtobuf"),
            ("Tidings:Telemetry:MetricsEvery", "00:00:00.1"));

        await Eventually.TrueAsync(() => lines.Count > 0, "Nothing was said of a collector that is down.");
        using var answer = await server.Http.PostAsJsonAsync("/channels/no/collector", new { a = 1 });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(1, lines.Count);
    }

    [Theory]
    [InlineData("ftp://collector")]
    [InlineData("collector:4317")]
    public async Task A_wrong_address_stops_the_start(string endpoint)
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => OwnServer.StartAsync(("Tidings:Telemetry:Endpoint", endpoint)));

        Assert.Contains("Tidings:Telemetry:Endpoint", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "http://a:4317")]
    [InlineData(false, null)]
    [InlineData(true, null, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:4317")]
    [InlineData(true, null, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://a:4317")]
    [InlineData(false, null, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://a:4317")]
    [InlineData(false, "http://a:4317", "OTEL_SDK_DISABLED", "true")]
    [InlineData(false, "http://a:4317", "OTEL_METRICS_EXPORTER", "none")]
    [InlineData(true, "http://a:4317", "OTEL_TRACES_EXPORTER", "none")]
    public void Metrics_are_sent_where_an_endpoint_is_named_and_they_are_not_switched_off(bool sent, string? endpoint, string? name = null, string? value = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(name is null ? [] : [KeyValuePair.Create(name, value)]).Build();

        Assert.Equal(sent, TelemetryVariables.Wants(configuration, "METRICS", endpoint));
    }

    /// <summary>Counts what is said of collectors.</summary>
    private sealed class Lines : ILoggerProvider, ILogger
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public ILogger CreateLogger(string categoryName) => categoryName == typeof(TelemetryTrouble).FullName ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Interlocked.Increment(ref _count);

        public void Dispose()
        {
        }
    }
}
