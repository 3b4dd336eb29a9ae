using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.SmartRest;

/// <summary>Scripted agents through HAProxy, whose round-robin gives each request to another gateway.</summary>
public sealed class AgentTests : IAsyncLifetime
{
    const int Operations = 200;
    readonly LocalCluster _cluster = new();
    readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(120));
    HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        await _cluster.InitializeAsync();
        _http = new HttpClient { BaseAddress = _cluster.Front.Address, Timeout = Timeout.InfiniteTimeSpan };
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        _patience.Dispose();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Items_44_54_55_56_57_and_80_a_reliable_agent_that_drops_polls_gets_every_operation_once_and_in_order()
    {
        var (agent, gid) = await NativeAsync();
        var running = agent.RunAsync(Operations, dropEvery: 5, _patience.Token);
        await ReportAsync(gid, 1, Operations);
        await running;

        Assert.Equal(Enumerable.Range(1, Operations), agent.Operations);
        Assert.Equal(1, agent.Handshakes);
        Assert.InRange(agent.Dropped, 1, int.MaxValue);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Items_38_53_and_80_an_agent_of_several_channels_gets_every_value_once(bool reliable)
    {
        const int Values = 50;
        var gid = await SmartDevice.RegisterAsync(
            _http, $"plain{reliable}", "10,200,POST,/channels/%%,application/json,,%%,STRING UNSIGNED,\"{\"\"v\"\":%%}\"", "11,300,,$.v,$.v");
        var device = new SmartDevice(_http, gid);
        var agent = new PlainAgent(device, reliable);
        string[] channels = [$"/alarms/{reliable}", $"/events/{reliable}", $"/measurements/{reliable}"];
        await agent.OpenAsync(channels, _patience.Token);

        var running = agent.RunAsync(all => all.Count == channels.Length * Values, _patience.Token);
        for (var value = 1; value <= Values; value++)
            await device.RowsAsync("/s", string.Join('\n', channels.Select(channel => $"200,{channel[1..]},{value}")), _patience.Token);
        await running;

        Assert.All(agent.Values.CountBy(value => value), pair => Assert.Equal(channels.Length, pair.Value));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reliable_agent_misses_no_operation_when_a_silo_or_gateway_is_killed(bool silo)
    {
        var (agent, gid) = await NativeAsync();
        var running = agent.RunAsync(Operations, dropEvery: 7, _patience.Token);
        await ReportAsync(gid, 1, Operations / 2);
        await (silo ? _cluster.Silos[1].Process : _cluster.Gateways[0].Process).KillAsync();
        await ReportAsync(gid, (Operations / 2) + 1, Operations / 2);
        await running;

        Assert.Equal(Enumerable.Range(1, Operations), agent.Operations.Distinct());
    }

    [Fact]
    public async Task A_Java_agent_misses_no_value_when_a_gateway_is_killed()
    {
        const int Values = 100;
        var gid = await SmartDevice.RegisterAsync(
            _http, "killed", "10,100,POST,/channels/%%,application/json,,%%,STRING UNSIGNED,\"{\"\"v\"\":%%}\"", "11,300,,$.v,$.v", "11,200,,$.count,$.lastOffset");
        var agent = new PlainAgent(new SmartDevice(_http, gid), reliable: true);
        await agent.OpenAsync(["/alarms/killed"], _patience.Token);

        var running = agent.RunAsync(all => all.Distinct().Count() == Values, _patience.Token);
        await ReportAsync(gid, 1, Values / 2, "alarms/killed");
        await _cluster.Gateways[1].Process.KillAsync();
        await ReportAsync(gid, (Values / 2) + 1, Values / 2, "alarms/killed");
        await running;

        Assert.Equal(Enumerable.Range(1, Values), agent.Values.Select(int.Parse).Distinct());
    }

    async Task<(NativeAgent Agent, string Gid)> NativeAsync()
    {
        var gid = await SmartDevice.RegisterAsync(
            _http,
            "native",
            "10,100,POST,/channels/operations/%%,application/json,,%%,STRING UNSIGNED,\"{\"\"realtimeAction\"\":\"\"CREATE\"\",\"\"data\"\":{\"\"id\"\":%%,\"\"c8y_Restart\"\":{}}}\"",
            "11,804,,$.c8y_Restart,$.id",
            "11,200,,$.count,$.lastOffset");
        var agent = new NativeAgent(new SmartDevice(_http, gid), "7");
        await agent.OpenAsync(_patience.Token);
        return (agent, gid);
    }

    /// <summary>As the C++ agent reports: no header, the X-Id in the first row, and what failed is sent again.</summary>
    async Task ReportAsync(string gid, int first, int count, string to = "7")
    {
        var reporter = new SmartDevice(_http, null);
        for (var id = first; id < first + count; id++)
        {
            string[][] rows;
            do
                rows = await TryAsync(() => reporter.RowsAsync("/s", $"15,{gid}\n100,{to},{id}", _patience.Token));
            while (rows[0][0] == "50" && rows[0][2] == "503");
            Assert.Equal("200", rows[0][0]);
        }
    }

    /// <summary>A request whose gateway died is one that nobody could carry out.</summary>
    static async Task<string[][]> TryAsync(Func<Task<string[][]>> request)
    {
        try
        {
            return await request();
        }
        catch (HttpRequestException)
        {
            return [["50", "1", "503"]];
        }
    }
}
