using System.Text.Json;
using Tidings.ChaosTests.Servers;
using Tidings.Cluster.Tests;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.ChaosTests.Tests;

/// <summary>The CometD client of npm with the acknowledgement extension of its own package, through the kill of a silo and of a gateway.</summary>
public sealed class StockClientTests
{
    const int Clients = 6;
    const int Messages = 1200;
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    [Fact]
    public async Task Stock_clients_keep_their_session_and_lose_nothing()
    {
        await using var cluster = new ChaosCluster(new ChaosOptions(), Folder());
        await cluster.StartAsync();
        await using var node = ChildProcess.Start("survive.mjs", "node", Arguments(cluster.Front));
        await node.LineAsync(line => line == "ready", "the line \"ready\"");

        await KillAsync(cluster.Silos[0]);
        await KillAsync(cluster.Gateways[0]);

        await node.ExitAsync(TimeSpan.FromMinutes(4));
        var line = node.Output.LastOrDefault(text => text.StartsWith('{'));
        Assert.True(line != null, $"survive.mjs printed no result but:\n{string.Join('\n', node.Output)}");
        AssertSurvived(JsonSerializer.Deserialize<Result>(line, Json)!, line);
    }

    static void AssertSurvived(Result result, string line)
    {
        Assert.True(result.Error == null, line);
        Assert.Equal(Clients, result.Clients.Length);
        Assert.All(result.Clients, client => Assert.True(
            client is { Ack: true, Handshakes: 1, ClientIds: 1, Received: Messages, Missing: 0, Disordered: 0 }, line));
    }

    /// <summary>Kills it, starts it again and waits until it is back.</summary>
    static async Task KillAsync(Service service)
    {
        service.Retire();
        await service.KillAsync();
        await service.ReadyAsync();
    }

    static string Folder()
    {
        var folder = Repository.PathTo("artifacts", "chaos", "stock-clients");
        Directory.CreateDirectory(folder);
        return folder;
    }

    static IEnumerable<string> Arguments(Uri front) =>
    [
        Repository.PathTo("tests", "clients", "survive.mjs"), "--url", new Uri(front, "/cometd").AbsoluteUri,
        "--clients", $"{Clients}", "--messages", $"{Messages}",
    ];

    sealed record Result(string? Error, Outcome[] Clients);

    sealed record Outcome(bool Ack, int Handshakes, int ClientIds, int Received, int Missing, int Disordered);
}
