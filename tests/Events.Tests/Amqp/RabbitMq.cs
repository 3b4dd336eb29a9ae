using System.Globalization;
using System.Net.Sockets;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Events.Tests.Amqp;

/// <summary>A RabbitMQ 3 with its AMQP 1.0 plug-in, its own directory and free ports.</summary>
internal sealed class RabbitMq : IAsyncDisposable
{
    private const string Program = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private static readonly TimeSpan SlowStart = TimeSpan.FromSeconds(120);

    private readonly ChildProcess _names;
    private readonly ChildProcess _broker;
    private readonly string _directory;

    private RabbitMq(ChildProcess names, ChildProcess broker, string directory, int port) =>
        (_names, _broker, _directory, Port) = (names, broker, directory, port);

    public int Port { get; }

    public static async Task<RabbitMq> StartAsync()
    {
        var (names, port, distribution) = (FreePort.Next(), FreePort.Next(), FreePort.Next());
        var directory = Directory.CreateTempSubdirectory("tidings-rabbitmq-").FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "plugins"), "[rabbitmq_amqp1_0].");
        // The broker would start a name server of its own, which stays.
        var server = ChildProcess.Start("epmd", "epmd", ["-port", Text(names), "-address", "127.0.0.1"]);
        await server.UntilAsync(() => AnswersAsync(names), $"a connection to port {names}");
        var broker = ChildProcess.Start("rabbitmq", Program, [], Environment(directory, names, port, distribution));
        var rabbit = new RabbitMq(server, broker, directory, port);
        await Eventually.TrueAsync(
            () => broker.Output.Any(static line => line.Contains("Server startup complete", StringComparison.Ordinal)),
            () => $"RabbitMQ's start. Its last output:\n  {string.Join("\n  ", broker.Output.TakeLast(20))}",
            SlowStart);
        return rabbit;
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _names.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static Dictionary<string, string> Environment(string directory, int names, int port, int distribution) => new()
    {
        ["HOME"] = directory,
        ["ERL_EPMD_PORT"] = Text(names),
        ["RABBITMQ_NODENAME"] = $"tidings{port}@localhost",
        ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_NODE_PORT"] = Text(port),
        ["RABBITMQ_DIST_PORT"] = Text(distribution),
        ["RABBITMQ_MNESIA_BASE"] = Path.Combine(directory, "mnesia"),
        ["RABBITMQ_LOG_BASE"] = directory,
        ["RABBITMQ_LOGS"] = "-",
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(directory, "plugins"),
        ["RABBITMQ_CONFIG_FILE"] = Path.Combine(directory, "none"),
        ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(directory, "none.sh"),
        ["RABBITMQ_PID_FILE"] = Path.Combine(directory, "pid"),
    };

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static async Task<bool> AnswersAsync(int port)
    {
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
