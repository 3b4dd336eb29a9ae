using System.Text.Json.Nodes;
using Tidings.Grains.Cluster;

namespace Tidings.Grains.Administration;

public sealed class GatewayDirectoryTests(TwoSilos fixture) : IClassFixture<TwoSilos>
{
    private readonly TestCluster _cluster = fixture.Cluster;

    private IGatewayDirectoryGrain Grain => _cluster.Client.GetGrain<IGatewayDirectoryGrain>(0);

    [Fact]
    public async Task A_gateway_takes_its_orders_with_the_answer_to_its_report()
    {
        Assert.Null(await Grain.Order("gw-a", new DrainOrder(true, TimeSpan.Zero)));
        await Grain.Report(ReportOf("gw-a", 7));

        var ordered = await Grain.Order("gw-a", new DrainOrder(true, TimeSpan.FromSeconds(5)));
        var orders = await Grain.Report(ReportOf("gw-a", 7));

        Assert.Equal(7, ordered!.Sessions);
        Assert.Equal(new DrainOrder(true, TimeSpan.FromSeconds(5)), orders.Drain);
        Assert.Null((await Grain.Report(ReportOf("gw-b", 0))).Drain);
    }

    [Fact]
    public async Task A_gateway_that_left_is_shown_no_more()
    {
        await Grain.Report(ReportOf("gw-c", 1));
        Assert.Contains(await Grain.Gateways(), static gateway => gateway.Id == "gw-c");

        await Grain.Leave("gw-c");

        Assert.DoesNotContain(await Grain.Gateways(), static gateway => gateway.Id == "gw-c");
    }

    [Fact]
    public async Task While_somebody_looks_the_figures_of_the_cluster_are_published()
    {
        await Grain.Report(ReportOf("gw-d", 3));
        await Grain.Gateways();
        Assert.True((await Grain.Report(ReportOf("gw-d", 3))).IsWatched);
        var channel = _cluster.Client.GetGrain<IChannelGrain>(new ChannelId(ChannelId.DefaultTenant, SystemChannels.Cluster).ToKey());

        await Eventually.Is(async () => (await channel.Read(0, 1)).Messages.Length > 0, static () => "the figures");

        var figures = JsonNode.Parse((await channel.Read(0, 1)).Messages[0].Item.Body)!;
        Assert.Equal(2, figures["silos"]!.AsArray().Count);
        Assert.Contains(figures["gateways"]!.AsArray(), static gateway => (string?)gateway!["id"] == "gw-d" && (int?)gateway["sessions"] == 3);
    }

    private static GatewayReport ReportOf(string id, int sessions) =>
        new() { Id = id, IsDraining = false, Version = "0", Started = DateTimeOffset.UnixEpoch, Cpu = 1, MemoryBytes = 1, Sessions = sessions };
}
