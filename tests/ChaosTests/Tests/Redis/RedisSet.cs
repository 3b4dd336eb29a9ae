using System.Globalization;
using Tidings.ChaosTests.Servers;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.ChaosTests.Tests.Redis;

/// <summary>Redis servers of a test's own, each in a directory of its own, on free loopback ports.</summary>
sealed class RedisSet : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tidings-redis-");
    readonly Dictionary<int, ChildProcess> _processes = [];

    /// <summary>Starts a server that keeps what it acknowledges.</summary>
    /// <returns>Its port.</returns>
    public async Task<int> StartAsync(params string[] more)
    {
        var port = StablePorts.Next();
        Start(port, ["--port", Text(port), "--appendonly", "yes", "--appendfsync", "always", "--save", "", .. more]);
        await AnswersAsync(port);
        return port;
    }

    /// <summary>Starts a server that speaks TLS alone.</summary>
    /// <param name="pem">Its certificate and key.</param>
    /// <param name="authority">The certificate of its authority.</param>
    /// <returns>Its port.</returns>
    public async Task<int> StartTlsAsync(string pem, string authority)
    {
        var port = StablePorts.Next();
        var process = Start(port,
        [
            "--port", "0", "--tls-port", Text(port), "--tls-cert-file", pem, "--tls-key-file", pem, "--tls-ca-cert-file", authority,
            "--tls-auth-clients", "no", "--appendonly", "yes", "--save", "",
        ]);
        await process.LineAsync(line => line.Contains("Ready to accept connections", StringComparison.Ordinal), "readiness");
        return port;
    }

    /// <summary>Starts a sentinel that alone decides about a master.</summary>
    /// <returns>Its port.</returns>
    public async Task<int> StartSentinelAsync(string name, int master)
    {
        var port = StablePorts.Next();
        var file = Path.Combine(_directory.FullName, "sentinel.conf");
        await File.WriteAllLinesAsync(file,
        [
            $"port {port}", "bind 127.0.0.1", $"sentinel monitor {name} 127.0.0.1 {master} 1",
            $"sentinel down-after-milliseconds {name} 1000", $"sentinel failover-timeout {name} 3000",
        ]);
        _processes[port] = ChildProcess.Start($"sentinel {port}", "redis-server", [file, "--sentinel"]);
        await AnswersAsync(port);
        return port;
    }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync(int port) => _processes[port].KillAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.Values)
            await process.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    ChildProcess Start(int port, string[] arguments)
    {
        var data = _directory.CreateSubdirectory(Text(port));
        return _processes[port] = ChildProcess.Start($"redis {port}", "redis-server", ["--bind", "127.0.0.1", "--dir", data.FullName, .. arguments]);
    }

    static Task AnswersAsync(int port) => Eventually.TrueAsync(() => RedisConsole.AnswersAsync(port), () => $"PONG on port {port}", Patience);

    static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
