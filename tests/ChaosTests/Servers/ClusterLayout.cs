using System.Globalization;
using System.Net.Sockets;
using Tidings.Cluster.Tests;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.ChaosTests.Servers;

/// <summary>The commands of a cluster's processes: ports, folders and settings stay the same over restarts.</summary>
sealed class ClusterLayout
{
    readonly StablePorts _ports = new();
    readonly ChaosOptions _options;
    readonly string _folder;
    readonly int _redisPort;
    readonly int[] _gatewayPorts;

    public ClusterLayout(ChaosOptions options, string folder)
    {
        _options = options;
        _folder = folder;
        _redisPort = _ports.Next();
        _gatewayPorts = [.. Enumerable.Range(0, options.Gateways).Select(_ => _ports.Next())];
        Front = new Uri($"http://127.0.0.1:{_ports.Next()}");
    }

    public Uri Front { get; }

    string RedisFolder => Path.Combine(_folder, "redis");

    string[] Settings =>
    [
        $"--Tidings:Redis=127.0.0.1:{_redisPort}", "--Tidings:ClusterId=chaos",
        "--Logging:Console:FormatterName=simple", "--Logging:Console:FormatterOptions:SingleLine=true",
        "--Logging:Console:FormatterOptions:TimestampFormat=HH:mm:ss.fff_",
    ];

    public Service Redis()
    {
        Directory.CreateDirectory(RedisFolder);
        string[] arguments =
        [
            "--bind", "127.0.0.1", "--port", $"{_redisPort}", "--dir", RedisFolder,
            "--appendonly", "yes", "--appendfsync", _options.Fsync, "--save", "", "--maxmemory-policy", "noeviction",
        ];
        return new Service("redis", _folder, log => ChildProcess.Start("redis", "redis-server", arguments, null, log), AnswersAsync);
    }

    public Service Silo(int number) => Server(
        $"silo{number + 1}", "silo", "Tidings.Silo", _ports.Next(),
        [$"--Tidings:SiloPort={_ports.Next()}", $"--Tidings:GatewayPort={_ports.Next()}", .. Settings, .. _options.SiloArguments]);

    public Service Gateway(int number) => Server(
        $"gateway{number + 1}", "gateway", "Tidings.Gateway", _gatewayPorts[number],
        ["--Tidings:Anonymous=true", $"--Tidings:Bayeux:Timeout={_options.ConnectTimeout:c}", .. Settings, .. _options.GatewayArguments]);

    /// <summary>HAProxy with the configuration of deploy/.</summary>
    public Service Balancer()
    {
        var servers = Path.Combine(_folder, "gateways.cfg");
        File.WriteAllText(servers, "backend gateways from tidings\n"
            + string.Concat(_gatewayPorts.Select((port, i) => $"    server gateway{i + 1} 127.0.0.1:{port}\n")));
        string[] arguments = ["-db", "-f", Repository.PathTo("deploy", "haproxy.cfg"), "-f", servers];
        var environment = new Dictionary<string, string>
        {
            ["TIDINGS_FRONT"] = Front.Authority,
            ["TIDINGS_MAXCONN"] = (1000 + 4 * _options.Sessions).ToString(CultureInfo.InvariantCulture),
        };
        return new Service(
            "front", _folder,
            log => ChildProcess.Start("front", "haproxy", arguments, environment, new StampedWriter(log)),
            () => Health.IsReadyAsync(Front));
    }

    public void DeleteData()
    {
        if (Directory.Exists(RedisFolder))
            Directory.Delete(RedisFolder, recursive: true);
    }

    Service Server(string name, string project, string assembly, int port, string[] settings)
    {
        var address = new Uri($"http://127.0.0.1:{port}");
        string[] arguments = [Repository.Executable(project, assembly), "--urls", $"http://127.0.0.1:{port}", .. settings];
        return new Service(name, _folder, log => ChildProcess.Start(name, "dotnet", arguments, null, log), () => Health.IsReadyAsync(address));
    }

    async Task<bool> AnswersAsync()
    {
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync("127.0.0.1", _redisPort);
            await socket.GetStream().WriteAsync("PING\r\n"u8.ToArray());
            var answer = new byte[5];
            await socket.GetStream().ReadExactlyAsync(answer);
            return answer.AsSpan().SequenceEqual("+PONG"u8);
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            return false;
        }
    }
}
