using System.Net;
using Tidings.Benchmarks.Clients;

namespace Tidings.Benchmarks.Targets;

/// <summary>Tidings on a Redis of its own: two silos, two gateways, half of the clients on each gateway.</summary>
internal sealed class ClusterTarget(BenchmarkOptions options, string fsync) : ITarget
{
    const int Nodes = 2;

    public string Name => fsync == "everysec" ? "cluster" : $"cluster-{fsync}";

    public string Description => $"Tidings, {Nodes} silos, {Nodes} gateways and redis-server with appendonly yes, appendfsync {fsync}";

    public IDialect Dialect { get; } = new BayeuxDialect();

    public bool HasLongPolling => true;

    public bool HasSmartRest => true;

    public async Task<RunningTarget> StartAsync()
    {
        var silo = DotnetServer.Built(options.Root, "silo", "Tidings.Silo");
        var gateway = DotnetServer.Built(options.Root, "gateway", "Tidings.Gateway");
        var processes = new List<ServerProcess>();
        try
        {
            var redis = await StartRedisAsync(processes);
            string[] cluster = [$"--Tidings:Redis={redis}", $"--Tidings:ClusterId=bench-{Guid.NewGuid():N}"];
            await Task.WhenAll(Enumerable.Range(1, Nodes).Select(n => StartSiloAsync(processes, $"silo {n}", silo, cluster)));
            var gateways = await Task.WhenAll(Enumerable.Range(1, Nodes).Select(n =>
                StartNodeAsync(processes, $"gateway {n}", gateway, [.. cluster, .. options.GatewayArguments])));
            return new RunningTarget(processes, gateways);
        }
        catch
        {
            new RunningTarget(processes, []).Dispose();
            throw;
        }
    }

    async Task<IPEndPoint> StartRedisAsync(List<ServerProcess> processes)
    {
        var address = ServerProcess.FreeAddress();
        var folder = Directory.CreateTempSubdirectory("tidings-bench-redis-").FullName;
        var redis = ServerProcess.Start("redis-server", "redis-server", "--port", $"{address.Port}", "--bind", $"{address.Address}", "--dir", folder,
            "--save", "", "--appendonly", "yes", "--appendfsync", fsync);
        redis.Ended += () => Directory.Delete(folder, recursive: true);
        processes.Add(redis);
        await redis.WaitForLineAsync("Ready to accept connections");
        return address;
    }

    Task<IPEndPoint> StartSiloAsync(List<ServerProcess> processes, string name, string assembly, string[] cluster) =>
        StartNodeAsync(processes, name, assembly,
        [
            .. cluster,
            $"--Tidings:SiloPort={ServerProcess.FreeAddress().Port}",
            $"--Tidings:GatewayPort={ServerProcess.FreeAddress().Port}",
            .. options.SiloArguments,
        ]);

    static async Task<IPEndPoint> StartNodeAsync(List<ServerProcess> processes, string name, string assembly, string[] arguments)
    {
        var address = ServerProcess.FreeAddress();
        var node = DotnetServer.Start(name, assembly, address, arguments);
        lock (processes)
            processes.Add(node);
        await node.WaitForOkAsync(new Uri($"http://{address}/health/ready"));
        return address;
    }
}
