using Tidings.Benchmarks.Clients;

namespace Tidings.Benchmarks.Targets;

/// <summary>The limit: this tool as a bare Kestrel WebSocket broadcaster in a process of its own.</summary>
internal sealed class KestrelTarget : ITarget
{
    public string Name => "kestrel";

    public string Description => "bare Kestrel WebSocket broadcaster, a frame a message, no protocol (the limit)";

    public IDialect Dialect { get; } = new BareDialect();

    public bool HasLongPolling => false;

    public async Task<RunningTarget> StartAsync()
    {
        var address = ServerProcess.FreeAddress();
        var server = ServerProcess.Start(Name, "dotnet", typeof(KestrelTarget).Assembly.Location, BareServer.Command, "--urls", $"http://{address}");
        await server.WaitForLineAsync("Now listening on");
        return new RunningTarget([server], [address]);
    }
}
