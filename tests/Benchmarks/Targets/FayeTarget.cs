using Tidings.Benchmarks.Clients;

namespace Tidings.Benchmarks.Targets;

/// <summary>The peer: Faye from npm (https://faye.jcoglan.com), its Node server with the memory engine.</summary>
internal sealed class FayeTarget(BenchmarkOptions options) : ITarget
{
    public string Name => "faye";

    public string Description => "Faye 1.4.3 from npm on Node, memory engine (the peer)";

    public IDialect Dialect { get; } = new BayeuxDialect();

    public bool HasLongPolling => true;

    public async Task<RunningTarget> StartAsync()
    {
        var clients = Path.Combine(options.Root, "tests", "clients");
        if (!Directory.Exists(Path.Combine(clients, "node_modules", "faye")))
            throw new BenchmarkException($"faye is not installed: npm install --prefix {clients}");
        var address = ServerProcess.FreeAddress();
        var script = Path.Combine(options.Root, "tests", "Benchmarks", "faye-server.mjs");
        var server = ServerProcess.Start(Name, "node", script, clients, $"{address.Port}");
        await server.WaitForLineAsync("Now listening on");
        return new RunningTarget([server], [address]);
    }
}
