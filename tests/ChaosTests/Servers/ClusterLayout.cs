using System.Globalization;
using Tidings.Cluster.Tests;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.ChaosTests.Servers;

/// <summary>The commands of a cluster's processes: ports, folders and settings stay the same over restarts.</summary>
sealed class ClusterLayout
{
    readonly StablePorts _ports = new();
    readonly ChaosOptions _options;
    readonly string _folder;
    readonly SourceTree? _previous;
    readonly HashSet<string> _upgraded = [];
    readonly int[] _gatewayPorts;

    /// <param name="options">The run's settings.</param>
    /// <param name="folder">Where logs and data go.</param>
    /// <param name="previous">The sources whose build processes run until they are upgraded; null for those at hand.</param>
    public ClusterLayout(ChaosOptions options, string folder, SourceTree? previous)
    {
        _options = options;
        _folder = folder;
        _previous = previous;
        RedisPort = _ports.Next();
        _gatewayPorts = [.. Enumerable.Range(0, options.Gateways).Select(_ => _ports.Next())];
        Front = new Uri($"http://127.0.0.1:{_ports.Next()}");
    }

    public Uri Front { get; }

    public int RedisPort { get; }

    string RedisFolder => Path.Combine(_folder, "redis");

    string[] Settings =>
    [
        $"--Tidings:Redis={_options.Redis ?? $"127.0.0.1:{RedisPort}"}", "--Tidings:ClusterId=chaos",
        "--Logging:Console:FormatterName=simple", "--Logging:Console:FormatterOptions:SingleLine=true",
        "--Logging:Console:FormatterOptions:TimestampFormat=HH:mm:ss.fff_",
        // Where sessions went, and from which places: what a violation asks first.
        "--Logging:LogLevel:Tidings.Grains.Sessions.SessionGrain=Debug", "--Logging:LogLevel:Tidings.Gateway.Sessions.SessionDoor=Debug",
    ];

    /// <summary>Redis. It is told of a file's limit by an error, not by a signal (setrlimit(2), RLIMIT_FSIZE), so that tests can make its disk full.</summary>
    public Service Redis()
    {
        Directory.CreateDirectory(RedisFolder);
        string[] arguments =
        [
            "-c", "trap '' XFSZ; exec redis-server \"$@\"", "redis-server",
            "--bind", "127.0.0.1", "--port", $"{RedisPort}", "--dir", RedisFolder,
            "--appendonly", "yes", "--appendfsync", _options.Fsync, "--save", "", "--maxmemory-policy", "noeviction",
        ];
        return new Service("redis", _folder, log => ChildProcess.Start("redis", "sh", arguments, null, log), () => RedisConsole.AnswersAsync(RedisPort));
    }

    /// <summary>The sources at hand are what a process runs from its next start on.</summary>
    public void Upgrade(Service service)
    {
        lock (_upgraded)
            _upgraded.Add(service.Name);
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
            + string.Concat(_gatewayPorts.Select((port, i) => $"    server gateway{i + 1} 127.0.0.1:{port}\n    server unready-gateway{i + 1} 127.0.0.1:{port} no-check backup\n")));
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

    /// <summary>Deletes what Redis has stored; the folder stays.</summary>
    public void DeleteData()
    {
        if (Directory.Exists(RedisFolder))
            Directory.Delete(RedisFolder, recursive: true);
        Directory.CreateDirectory(RedisFolder);
    }

    Service Server(string name, string project, string assembly, int port, string[] settings)
    {
        var address = new Uri($"http://127.0.0.1:{port}");
        string[] Arguments() => [ExecutableOf(name, project, assembly), "--urls", $"http://127.0.0.1:{port}", .. settings];
        return new Service(name, _folder, log => ChildProcess.Start(name, "dotnet", Arguments(), _options.Environment, log), () => Health.IsReadyAsync(address));
    }

    string ExecutableOf(string name, string project, string assembly)
    {
        lock (_upgraded)
            return _previous is null || _upgraded.Contains(name) ? Repository.Executable(project, assembly) : _previous.Executable(project, assembly);
    }
}
