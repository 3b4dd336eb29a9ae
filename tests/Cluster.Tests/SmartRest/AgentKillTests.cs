using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.SmartRest;

/// <summary>Scripted agents through HAProxy while a silo or gateway is killed.</summary>
public sealed class AgentKillTests : IAsyncLifetime
{
    const int Operations = 200;
    readonly LocalCluster _cluster = new();
    AgentField _field = null!;

    public async Task InitializeAsync()
    {
        await _cluster.InitializeAsync();
        _field = new AgentField(_cluster);
    }

    public async Task DisposeAsync()
    {
        _field.Dispose();
        await _cluster.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reliable_agent_misses_no_operation_when_a_silo_or_gateway_is_killed(bool silo)
    {
        var (agent, gid) = await _field.NativeAsync();
        var running = agent.RunAsync(Operations, dropEvery: 7, _field.Patience);
        await _field.ReportAsync(gid, 1, Operations / 2);
        await (silo ? _cluster.Silos[1].Process : _cluster.Gateways[0].Process).KillAsync();
        await _field.ReportAsync(gid, (Operations / 2) + 1, Operations / 2);
        await running;

        Assert.Equal(Enumerable.Range(1, Operations), agent.Operations.Distinct());
    }

    [Fact]
    public async Task A_Java_agent_misses_no_value_when_a_gateway_is_killed()
    {
        const int Values = 100;
        var gid = await SmartDevice.RegisterAsync(
            _field.Http, "killed", "10,100,POST,/channels/%%,application/json,,%%,STRING UNSIGNED,\"{\"\"v\"\":%%}\"", "11,300,,$.v,$.v", "11,200,,$.count,$.lastOffset");
        var agent = new PlainAgent(new SmartDevice(_field.Http, gid), reliable: true);
        await agent.OpenAsync(["/alarms/killed"], _field.Patience);

        var running = agent.RunAsync(all => all.Distinct().Count() == Values, _field.Patience);
        await _field.ReportAsync(gid, 1, Values / 2, "alarms/killed");
        await _cluster.Gateways[1].Process.KillAsync();
        await _field.ReportAsync(gid, (Values / 2) + 1, Values / 2, "alarms/killed");
        await running;

        Assert.Equal(Enumerable.Range(1, Values), agent.Values.Select(int.Parse).Distinct());
    }
}
