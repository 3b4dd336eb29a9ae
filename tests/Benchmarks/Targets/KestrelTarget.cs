using Tidings.Benchmarks.Clients;

namespace Tidings.Benchmarks.Targets;

/// <summary>The limit: this tool as a bare Kestrel WebSocket broadcaster in a process of its own.</summary>
internal sealed class KestrelTarget(string name, int framesPerSend = 1, bool echo = false) : ITarget
{
    public string Name => name;

    public string Description => echo
        ? "bare Kestrel WebSocket echo: every subscriber is sent what it says itself, a frame a message"
        : $"bare Kestrel WebSocket broadcaster, a frame a message, no protocol (the limit), publisher frames per send: {framesPerSend}";

    public IDialect Dialect { get; } = echo ? new EchoDialect() : new BareDialect(framesPerSend);

    public bool HasLongPolling => false;

    public async Task<RunningTarget> StartAsync()
    {
        var address = ServerProcess.FreeAddress();
        var server = ServerProcess.Start(Name, "dotnet", typeof(KestrelTarget).Assembly.Location, BareServer.Command, "--urls", $"http://{address}");
        await server.WaitForLineAsync("Now listening on");
        return new RunningTarget([server], [address]);
    }
}
