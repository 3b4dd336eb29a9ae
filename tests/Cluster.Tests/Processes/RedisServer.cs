using System.Globalization;
using System.Net.Sockets;

namespace Tidings.Cluster.Tests.Processes;

/// <summary>A redis-server with its own directory on a free port, durable as deploy/ runs it.</summary>
sealed class RedisServer : IAsyncDisposable
{
    readonly ChildProcess _process;
    readonly string _directory;

    RedisServer(ChildProcess process, string directory, int port)
    {
        _process = process;
        _directory = directory;
        Port = port;
    }

    public int Port { get; }

    /// <summary>A StackExchange.Redis connection string.</summary>
    public string ConnectionString => $"127.0.0.1:{Port}";

    public static async Task<RedisServer> StartAsync(string fsync = "everysec")
    {
        var port = FreePort.Next();
        var directory = Directory.CreateTempSubdirectory("tidings-redis-").FullName;
        var process = ChildProcess.Start("redis-server", "redis-server",
        [
            "--bind", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--dir", directory,
            "--appendonly", "yes", "--appendfsync", fsync, "--save", "", "--maxmemory-policy", "noeviction",
        ]);
        await process.UntilAsync(() => AnswersAsync(port), $"PONG on port {port}");
        return new RedisServer(process, directory, port);
    }

    public Task KillAsync() => _process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    static async Task<bool> AnswersAsync(int port)
    {
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync("127.0.0.1", port);
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
