using Tidings.Benchmarks.Clients;

namespace Tidings.Benchmarks.Targets;

/// <summary>The standalone server that sends its metrics and traces to a collector, with the defaults of both.</summary>
internal sealed class TelemetryTarget(BenchmarkOptions options) : ITarget
{
    // Lives as long as the program: servers that end send the last of what they have.
    readonly Lazy<CollectorSink> _collector = new(() => new CollectorSink());

    public string Name => "standalone-telemetry";

    public string Description => "the same with metrics, and traces of one message in a thousand, sent to a collector";

    public IDialect Dialect { get; } = new BayeuxDialect();

    public bool HasLongPolling => true;

    public bool HasSmartRest => true;

    public async Task<RunningTarget> StartAsync()
    {
        var gateway = DotnetServer.Built(options.Root, "gateway", "Tidings.Gateway");
        var address = ServerProcess.FreeAddress();
        string[] telemetry = [$"--Tidings:Telemetry:Endpoint={_collector.Value.Address}", "--Tidings:Telemetry:Protocol=HttpProtobuf"];
        var server = DotnetServer.Start(Name, gateway, address, [.. telemetry, .. options.GatewayArguments]);
        await server.WaitForLineAsync("Now listening on");
        return new RunningTarget([server], [address]);
    }
}
