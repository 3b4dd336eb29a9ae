using System.Text.Json.Nodes;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.FrontEnds;

/// <summary>What every front end does, whatever its protocol, at gateways and silos that are processes of their own.</summary>
[Collection(FrontEndCollection.Name)]
public abstract class FrontEndTests(FrontEndCluster cluster)
{
    static int _channels;

    /// <summary>The source that its connection events name.</summary>
    protected abstract string Source { get; }

    /// <summary>Whether a client that comes back gets what was published meanwhile. Otherwise it gets what is published from then on.</summary>
    protected virtual bool Resumes => true;

    protected virtual string ChannelOf(string name) => $"/suite/{name}";

    /// <summary>A client that is to subscribe to a channel made by <see cref="ChannelOf"/>.</summary>
    private protected abstract Subscriber Create(string tenant, string channel);

    /// <summary>Makes what a tenant needs before somebody can subscribe.</summary>
    protected virtual Task PrepareAsync(Uri gateway, string tenant, string channel) => Task.CompletedTask;

    [Fact]
    public async Task A_subscriber_gets_everything_once_and_in_order_from_another_gateway()
    {
        var channel = NewChannel();
        await using var subscriber = await OpenAsync(FrontEndCluster.Own, channel, cluster.Gateway(0));
        foreach (var first in new[] { 0, 20, 40 })
            await PublishAsync(channel, first, 20);
        await GetsAsync(subscriber, 0, 60);
    }

    [Fact]
    public async Task Of_a_channel_with_the_same_name_in_another_tenant_nothing_comes()
    {
        var channel = NewChannel();
        await using var own = await OpenAsync(FrontEndCluster.Own, channel, cluster.Gateway(0));
        await using var other = await OpenAsync(FrontEndCluster.Other, channel, cluster.Gateway(0));
        await FrontEndCluster.PublishAsync(cluster.Gateway(1), FrontEndCluster.Other, channel, [1000]);
        await PublishAsync(channel, 0, 1);
        await GetsAsync(own, 0, 1);
        await GetsAsync(other, 1000, 1);
        await FrontEndCluster.PublishAsync(cluster.Gateway(1), FrontEndCluster.Other, channel, [1001]);
        await GetsAsync(other, 1001, 1);
    }

    [Fact]
    public async Task Who_comes_back_at_another_gateway_goes_on()
    {
        var channel = NewChannel();
        await using var subscriber = await OpenAsync(FrontEndCluster.Own, channel, cluster.Gateway(0));
        await PublishAsync(channel, 0, 5);
        await GetsAsync(subscriber, 0, 5);
        await subscriber.BreakAsync();
        await ComesBackAsync(subscriber, channel);
    }

    [Fact]
    public async Task Who_loses_its_gateway_goes_on_at_another()
    {
        var channel = NewChannel();
        var gateway = await cluster.Cluster.AddGatewayAsync("gateway that is killed");
        await using var subscriber = await OpenAsync(FrontEndCluster.Own, channel, gateway.Address);
        await PublishAsync(channel, 0, 5);
        await GetsAsync(subscriber, 0, 5);
        await gateway.Process.KillAsync();
        await subscriber.BreakAsync();
        await PublishAsync(channel, 5, 5);
        await subscriber.ComeBackAsync(cluster.Gateway(1));
        await PublishAsync(channel, 10, 5);

        // What the gateway had delivered and not yet told the silo of comes again; nothing is left out.
        var numbers = new List<int>();
        while (numbers.LastOrDefault() < 14)
            numbers.Add(await subscriber.NextAsync());
        var first = Resumes ? 5 : 10;
        Assert.Equal(Enumerable.Range(first, 15 - first), numbers.Where(n => n >= 5));
    }

    [Fact]
    public async Task Who_does_not_come_back_has_ended_which_is_told_once()
    {
        var channel = NewChannel();
        var before = await SessionsAsync();
        var subscriber = await OpenAsync(FrontEndCluster.Own, channel, cluster.Gateway(0));
        string? session = null;
        await Eventually.TrueAsync(
            async () => (session = (await SessionsAsync()).Keys.Except(before.Keys).SingleOrDefault()) != null, () => $"{Source}: connected");
        await subscriber.BreakAsync();

        IReadOnlyList<JsonNode> told = [];
        await Eventually.TrueAsync(
            async () => (told = (await SessionsAsync())[session!]).Count >= 2, () => $"{Source}: disconnected", TimeSpan.FromSeconds(60));
        Assert.Equal(["connected", "disconnected"], told.Select(happened => (string?)happened["cause"]));
        Assert.Contains((string?)told[1]["data"]!["reason"], new[] { "closed", "expired" });
        await subscriber.DisposeAsync();
    }

    [Fact]
    public async Task Who_does_not_read_holds_nobody_up()
    {
        var channel = NewChannel();
        await using var slow = await OpenAsync(FrontEndCluster.Own, channel, cluster.Gateway(0));
        await using var quick = await OpenAsync(FrontEndCluster.Own, channel, cluster.Gateway(0));
        var filler = new string('x', 20_000);
        for (var first = 0; first < 200; first += 20)
        {
            await FrontEndCluster.PublishAsync(cluster.Gateway(1), FrontEndCluster.Own, channel, Enumerable.Range(first, 20), filler);
            await GetsAsync(quick, first, 20);
        }

        await PublishAsync(channel, 200, 1);
        await GetsAsync(quick, 200, 1);
    }

    async Task ComesBackAsync(Subscriber subscriber, string channel)
    {
        await PublishAsync(channel, 5, 5);
        await subscriber.ComeBackAsync(cluster.Gateway(1));
        await PublishAsync(channel, 10, 5);
        await GetsAsync(subscriber, Resumes ? 5 : 10, Resumes ? 10 : 5);
    }

    async Task<Subscriber> OpenAsync(string tenant, string channel, Uri gateway)
    {
        await PrepareAsync(gateway, tenant, channel);
        var subscriber = Create(tenant, channel);
        await subscriber.OpenAsync(gateway);
        return subscriber;
    }

    Task PublishAsync(string channel, int first, int count) =>
        FrontEndCluster.PublishAsync(cluster.Gateway(1), FrontEndCluster.Own, channel, Enumerable.Range(first, count));

    static async Task GetsAsync(Subscriber subscriber, int first, int count)
    {
        for (var n = first; n < first + count; n++)
            Assert.Equal(n, await subscriber.NextAsync());
    }

    /// <summary>The connection events of this front end by session.</summary>
    async Task<Dictionary<string, IReadOnlyList<JsonNode>>> SessionsAsync() => (await cluster.EventsAsync())
        .Where(happened => (string?)happened["source"] == Source)
        .GroupBy(happened => (string)happened["data"]!["session"]!)
        .ToDictionary(group => group.Key, group => (IReadOnlyList<JsonNode>)[.. group]);

    string NewChannel() => ChannelOf($"{GetType().Name}-{Interlocked.Increment(ref _channels)}".ToLowerInvariant());
}
