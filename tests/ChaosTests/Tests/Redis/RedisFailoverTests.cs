using System.Net.Sockets;
using System.Text;
using Tidings.ChaosTests.Records;
using Tidings.ChaosTests.Servers;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.ChaosTests.Tests.Redis;

/// <summary>A replica takes over that had not got the last of what its master acknowledged: the logs begin anew, and clients are told.</summary>
public sealed class RedisFailoverTests
{
    const string Master = "tidings";
    const int Lost = 5;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Clients_are_told_when_the_new_master_lacks_the_last_messages()
    {
        await using var servers = new RedisSet();
        var master = await servers.StartAsync();
        var replica = await servers.StartAsync("--replicaof", "127.0.0.1", $"{master}");
        var sentinel = await servers.StartSentinelAsync(Master, master);
        await Eventually.TrueAsync(
            async () => !(await RedisConsole.AskAsync(sentinel, $"SENTINEL REPLICAS {Master}")).StartsWith("*0", StringComparison.Ordinal),
            () => "a sentinel that knows the replica", Patience);
        await using var stage = await Stage.OpenAsync("redis-failover", new ChaosOptions { Redis = $"127.0.0.1:{sentinel},serviceName={Master}" });
        await stage.Press.StopAsync();
        var clients = new[] { SessionKind.WebSocket, SessionKind.LongPolling }
            .Select(transport => new LossClient(new SessionKind(transport, Assurance.Ack), stage)).ToArray();
        await Task.WhenAll(clients.Select(client => client.StartAsync()));
        await clients.ReceiveAsync(stage, 1);
        await FallBehindAsync(master, replica);
        await clients.ReceiveAsync(stage, 2, atLeast: Lost);

        await servers.KillAsync(master);

        await Eventually.TrueAsync(() => RedisConsole.AnswersAsync(replica, "SET probe 1", "+OK"), () => "a replica that became master", Patience);
        await Eventually.TrueAsync(stage.Probe.IsStoredAsync, () => "a publish that is stored", Patience);
        await clients.ReceiveAsync(stage, 3);
        Assert.All(clients, client => Assert.True(client.WasTold, "A client was not told that messages were lost."));
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    /// <summary>The replica logs in with a password that its master does not know, and its link to that is cut.</summary>
    static async Task FallBehindAsync(int master, int replica)
    {
        await RedisConsole.DoAsync(replica, "CONFIG SET masterauth nobody");
        await RedisConsole.AskAsync(master, "CLIENT KILL TYPE replica");
        await Eventually.TrueAsync(
            async () => (await InfoAsync(replica)).Contains("master_link_status:down", StringComparison.Ordinal), () => "a replica without its master", Patience);
    }

    static async Task<string> InfoAsync(int port)
    {
        using var socket = new TcpClient("127.0.0.1", port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes("INFO replication\r\nQUIT\r\n"));
        using var answer = new StreamReader(socket.GetStream(), Encoding.ASCII);
        return await answer.ReadToEndAsync();
    }
}
