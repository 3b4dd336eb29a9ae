using System.Text.Json.Nodes;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.Clients;

/// <summary>Cumulocity's own client receives alarms through HAProxy, whose round-robin gives each request to another gateway.</summary>
public sealed class CumulocityClientTests : IAsyncLifetime
{
    const string Password = "correct horse";
    readonly LocalCluster _cluster = new(
    [
        $"--Tidings:Users:ann:Password={Password}",
        "--Tidings:Users:ann:Roles:0=reader",
        "--Tidings:Roles:reader:Subscribe:0=/alarms/**",
        "--Tidings:Roles:anonymous:Publish:0=/**",
        "--Tidings:Roles:anonymous:Create:0=/**",
        "--Tidings:Roles:anonymous:Subscribe:0=/**",
    ]);

    public Task InitializeAsync() => _cluster.InitializeAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync();

    [Theory]
    [InlineData("websocket")]
    [InlineData("long-polling")]
    public async Task Items_64_and_80_it_gets_every_alarm_once_and_in_order(string transport)
    {
        var run = Run(transport, $"/alarms/{transport}", 500);
        (await run.RunAsync()).AssertDelivered(run);
    }

    [Theory]
    [InlineData("websocket", true)]
    [InlineData("long-polling", true)]
    [InlineData("websocket", false)]
    [InlineData("long-polling", false)]
    public async Task It_misses_none_when_a_silo_or_gateway_is_killed(string transport, bool silo)
    {
        var run = Run(transport, $"/alarms/{transport}", 3000);
        var running = run.RunAsync();
        using var http = new HttpClient { BaseAddress = _cluster.Gateways[0].Address };
        await Eventually.TrueAsync(async () => await HeadAsync(http, $"/channels{run.Prefix}/c0") >= 20, () => "the first twenty alarms");
        await (silo ? _cluster.Silos[0].Process : _cluster.Gateways[1].Process).KillAsync();

        var result = await running;
        Assert.Null(result.Error);
        Assert.Equal((run.Messages, 0, 0), (result.Received, result.Missing, result.Disordered));
    }

    ClientRun Run(string transport, string prefix, int messages) => new(_cluster.Front.Address, "c8y", transport)
    {
        Publisher = "rest",
        Prefix = prefix,
        User = ("default/ann", Password),
        Messages = messages,
        TimeoutSeconds = 60,
    };

    static async Task<long> HeadAsync(HttpClient http, string path)
    {
        using var response = await http.GetAsync(path);
        return response.IsSuccessStatusCode ? (long)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["head"]! : 0;
    }
}
