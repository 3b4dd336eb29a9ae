using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.SmartRest;

/// <summary>Scripted agents through HAProxy, whose round-robin gives each request to another gateway.</summary>
public sealed class AgentTests(LocalCluster cluster) : IClassFixture<LocalCluster>, IDisposable
{
    const int Operations = 200;
    readonly AgentField _field = new(cluster);

    public void Dispose() => _field.Dispose();

    [Fact]
    public async Task Items_44_54_55_56_57_and_80_a_reliable_agent_that_drops_polls_gets_every_operation_once_and_in_order()
    {
        var (agent, gid) = await _field.NativeAsync();
        var running = agent.RunAsync(Operations, dropEvery: 5, _field.Patience);
        await _field.ReportAsync(gid, 1, Operations);
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
            _field.Http, $"plain{reliable}", "10,200,POST,/channels/%%,application/json,,%%,STRING UNSIGNED,\"{\"\"v\"\":%%}\"", "11,300,,$.v,$.v");
        var device = new SmartDevice(_field.Http, gid);
        var agent = new PlainAgent(device, reliable);
        string[] channels = [$"/alarms/{reliable}", $"/events/{reliable}", $"/measurements/{reliable}"];
        await agent.OpenAsync(channels, _field.Patience);

        var running = agent.RunAsync(all => all.Count == channels.Length * Values, _field.Patience);
        for (var value = 1; value <= Values; value++)
            await device.RowsAsync("/s", string.Join('\n', channels.Select(channel => $"200,{channel[1..]},{value}")), _field.Patience);
        await running;

        Assert.All(agent.Values.CountBy(value => value), pair => Assert.Equal(channels.Length, pair.Value));
    }
}
