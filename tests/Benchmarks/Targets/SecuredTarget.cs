using Tidings.Benchmarks.Clients;

namespace Tidings.Benchmarks.Targets;

/// <summary>The standalone server with users, rules, rates, and a token for each client.</summary>
internal sealed class SecuredTarget(BenchmarkOptions options) : ITarget
{
    const int Clients = 1_000;

    readonly Credentials _credentials = new();

    public string Name => "standalone-secured";

    public string Description => "the same with users, a rule for the channels of the benchmark, a token of its own for each client, every rate counted";

    public IDialect Dialect => new BayeuxDialect(_credentials);

    public bool HasLongPolling => true;

    public async Task<RunningTarget> StartAsync()
    {
        var gateway = DotnetServer.Built(options.Root, "gateway", "Tidings.Gateway");
        var address = ServerProcess.FreeAddress();
        var server = DotnetServer.Start(Name, gateway, address, [.. Credentials.Arguments, .. options.GatewayArguments]);
        await server.WaitForLineAsync("Now listening on");
        var running = new RunningTarget([server], [address]);
        try
        {
            await _credentials.LogInAsync(address, Clients);
            return running;
        }
        catch
        {
            running.Dispose();
            throw;
        }
    }
}
