using Tidings.Benchmarks.Clients;

namespace Tidings.Benchmarks.Targets;

/// <summary>Tidings in one process: a gateway with a silo inside and no Redis.</summary>
internal sealed class StandaloneTarget(BenchmarkOptions options) : ITarget
{
    public string Name => "standalone";

    public string Description => "Tidings, one gateway process with the silo inside, memory log";

    public IDialect Dialect { get; } = new BayeuxDialect();

    public bool HasLongPolling => true;

    public bool HasSmartRest => true;

    public async Task<RunningTarget> StartAsync()
    {
        var gateway = DotnetServer.Built(options.Root, "gateway", "Tidings.Gateway");
        var address = ServerProcess.FreeAddress();
        var server = DotnetServer.Start(Name, gateway, address, options.GatewayArguments);
        await server.WaitForLineAsync("Now listening on");
        return new RunningTarget([server], [address]);
    }
}
