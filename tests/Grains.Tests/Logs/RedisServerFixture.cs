using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Tidings.Grains.Logs;

/// <summary>A real redis-server on a free loopback port, in a directory of its own, without persistence.</summary>
public sealed class RedisServerFixture : IAsyncLifetime
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(15);

    private readonly string _directory = Directory.CreateTempSubdirectory("tidings-redis-").FullName;
    private readonly int _port = FreePort();
    private ConnectionMultiplexer? _connection;
    private Process? _server;

    public IConnectionMultiplexer Connection => _connection ?? throw new InvalidOperationException("redis-server was not started.");

    /// <summary>How tests connect: calls are given up after a second, and the fast heartbeat sees to it that a second is one.</summary>
    public ConfigurationOptions Configuration => new()
    {
        EndPoints = { { IPAddress.Loopback, _port } },
        AbortOnConnectFail = false,
        AllowAdmin = true,
        ConnectTimeout = 1000,
        AsyncTimeout = 1000,
        HeartbeatInterval = TimeSpan.FromMilliseconds(100),
    };

    /// <summary>Server-wide commands.</summary>
    public IServer Server => Connection.GetServer(IPAddress.Loopback, _port);

    public async Task InitializeAsync()
    {
        Start();
        try
        {
            _connection = await ConnectionMultiplexer.ConnectAsync(Configuration);
            await WaitUntilItAnswersAsync();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async Task DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();

        Kill();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Starts the server, empty.</summary>
    public void Start()
    {
        var start = new ProcessStartInfo("redis-server")
        {
            ArgumentList =
            {
                "--port", $"{_port}", "--bind", "127.0.0.1", "--dir", _directory, "--logfile", Path.Combine(_directory, "redis.log"),
                "--save", "", "--appendonly", "no",
            },
        };
        try
        {
            _server = Process.Start(start);
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException("These tests need redis-server (7.0 or later) on the PATH.", e);
        }
    }

    /// <summary>Ends the server as a crash would (SIGKILL); its data are gone.</summary>
    public void Kill()
    {
        _server?.Kill();
        _server?.WaitForExit();
        _server?.Dispose();
        _server = null;
    }

    /// <summary>Kills the server, starts it empty and waits until it answers.</summary>
    public async Task RestartEmptyAsync()
    {
        Kill();
        Start();
        await WaitUntilItAnswersAsync();
    }

    private async Task WaitUntilItAnswersAsync()
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await Connection.GetDatabase().PingAsync();
                return;
            }
            catch (Exception e) when (e is RedisException or TimeoutException)
            {
                if (watch.Elapsed > StartTimeout || _server is not { HasExited: false })
                    throw new InvalidOperationException($"redis-server on port {_port} did not answer PING: {ServerLog()}", e);
            }
        }
    }

    private string ServerLog()
    {
        var path = Path.Combine(_directory, "redis.log");
        return File.Exists(path) ? File.ReadAllText(path) : "it wrote no log";
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
