using System.Text.Json.Nodes;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.Clients;

/// <summary>Cumulocity's own client receives alarms while a silo or gateway is killed.</summary>
public sealed class CumulocityKillTests : IAsyncLifetime
{
    readonly CumulocityCluster _field = new();

    public Task InitializeAsync() => _field.InitializeAsync();

    public Task DisposeAsync() => _field.DisposeAsync();

    [Theory]
    [InlineData("websocket", true)]
    [InlineData("long-polling", true)]
    [InlineData("websocket", false)]
    [InlineData("long-polling", false)]
    public async Task It_misses_none_when_a_silo_or_gateway_is_killed(string transport, bool silo)
    {
        var run = _field.Run(transport, 3000);
        var running = run.RunAsync();
        var cluster = _field.Cluster;
        using var http = new HttpClient { BaseAddress = cluster.Gateways[0].Address };
        await Eventually.TrueAsync(async () => await HeadAsync(http, $"/channels{run.Prefix}/c0") >= 20, () => "the first twenty alarms");
        await (silo ? cluster.Silos[0].Process : cluster.Gateways[1].Process).KillAsync();

        var result = await running;
        Assert.Null(result.Error);
        Assert.Equal((run.Messages, 0, 0), (result.Received, result.Missing, result.Disordered));
    }

    static async Task<long> HeadAsync(HttpClient http, string path)
    {
        using var response = await http.GetAsync(path);
        return response.IsSuccessStatusCode ? (long)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["head"]! : 0;
    }
}
