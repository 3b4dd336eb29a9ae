using Tidings.Grains.Cluster;

namespace Tidings.Grains.Administration;

public sealed class ClusterGrainTests(TwoSilos fixture) : IClassFixture<TwoSilos>
{
    private readonly TestCluster _cluster = fixture.Cluster;
    private readonly string _tenant = $"t{Guid.NewGuid():N}";

    private IClusterGrain Grain => _cluster.Client.GetGrain<IClusterGrain>(0);

    [Fact]
    public async Task Every_silo_is_shown_with_its_load()
    {
        var state = await Grain.State();

        Assert.Equal(_cluster.Silos.Select(static silo => silo.SiloAddress.Endpoint.ToString()).Order(), state.Silos.Select(static silo => silo.Address).Order());
        Assert.All(state.Silos, static silo => Assert.Equal("active", silo.Status));
        Assert.All(state.Silos, static silo => Assert.True(silo.Load is { MemoryBytes: > 0, Version: "0.1.0", Cpu: >= 0 and <= 100 }));
        Assert.True(state.IsHealthy);
    }

    [Fact]
    public async Task Sessions_of_all_silos_come_page_by_page()
    {
        var gateway = _cluster.AddGateway();
        var sessions = await Task.WhenAll(Enumerable.Range(0, 7).Select(n => _cluster.OpenAsync(gateway, n % 2, _tenant)));
        await _cluster.OpenAsync(gateway, 0, _tenant + "x");

        var found = new List<string>();
        for (string? after = null; ; after = found[^1])
        {
            var page = await Grain.Sessions(new SessionQuery(_tenant, null, after, 3));
            Assert.False(page.IsIncomplete);
            found.AddRange(page.Sessions.Select(static session => session.Id));
            if (page.Sessions.Length < 3)
            {
                break;
            }
        }

        Assert.Equal(sessions.Select(static session => session.Id).Order(StringComparer.Ordinal), found);
    }

    [Fact]
    public async Task A_session_is_found_by_a_part_of_its_id_and_shown_with_where_it_stands()
    {
        var gateway = _cluster.AddGateway();
        var channel = await _cluster.ChannelAsync("/seen", tenant: _tenant);
        var session = await _cluster.OpenAsync(gateway, 1, _tenant, ["/seen", "/other/**"]);
        await channel.PublishAsync(3);
        await session.Client.GetsExactly("/seen", 1, 3);

        var found = Assert.Single((await Grain.Sessions(new SessionQuery(_tenant, session.Id[4..20].ToUpperInvariant(), null, 10))).Sessions);
        await Eventually.Is(async () => (await Grain.Session(_tenant, session.Id))!.Channels.Any(static held => held is { Channel: "/seen", Head: 3, Cursor: 3 }), static () => "the cursor at the head");

        Assert.Equal((session.Id, gateway.Address.Id, _cluster.NameOf(1), 2), (found.Id, found.Gateway, found.Silo, found.Subscriptions));
        Assert.Equal("test", found.Facts?.Protocol);
        Assert.Equal("test", found.Window?.Transport);
        var detail = await Grain.Session(null, session.Id);
        Assert.Equal(new SubscriptionView("/other/**", null, null), detail!.Channels[0]);
        Assert.Null(await Grain.Session("another", session.Id));
    }

    [Fact]
    public async Task A_gateway_that_does_not_answer_hides_nothing_but_what_it_holds()
    {
        var gateway = _cluster.AddGateway();
        var session = await _cluster.OpenAsync(gateway, 0, _tenant);
        gateway.Crash();

        var found = Assert.Single((await Grain.Sessions(new SessionQuery(_tenant, null, null, 10))).Sessions);

        Assert.Equal(session.Id, found.Id);
        Assert.Null(found.Window);
    }

    [Fact]
    public async Task Channels_published_to_and_channels_waited_for_are_listed_by_name()
    {
        var gateway = _cluster.AddGateway();
        await (await _cluster.ChannelAsync("/b/1", tenant: _tenant)).PublishAsync(2);
        await (await _cluster.ChannelAsync("/a/1", tenant: _tenant)).PublishAsync();
        await _cluster.OpenAsync(gateway, 0, _tenant, ["/b/2", "/b/*"]);
        await _cluster.OpenAsync(gateway, 1, _tenant, ["/b/2"]);

        var all = await Grain.Channels(new ChannelQuery(_tenant, null, null, 10));
        var second = await Grain.Channels(new ChannelQuery(_tenant, "/b", "/b/1", 10));
        var matched = await Grain.Channels(new ChannelQuery(_tenant, "/b/**", null, 1));

        Assert.Equal(["/a/1 1 0", "/b/1 2 1", "/b/2 0 3"], all.Channels.Select(static channel => $"{channel.Name} {channel.Head.Offset} {channel.Subscribers}"));
        Assert.Equal(["/b/2"], second.Channels.Select(static channel => channel.Name));
        Assert.Equal(["/b/1"], matched.Channels.Select(static channel => channel.Name));
        Assert.True(all.Channels[1].Rate > 0);
        Assert.True(all.Channels[1].Bytes > 0);
    }

    [Fact]
    public async Task A_channel_says_which_silos_and_patterns_want_it()
    {
        var gateway = _cluster.AddGateway();
        await (await _cluster.ChannelAsync("/w/x", tenant: _tenant)).PublishAsync();
        await _cluster.OpenAsync(gateway, 1, _tenant, ["/w/**"]);

        var found = await Grain.Channel(new ChannelId(_tenant, "/w/x"));

        Assert.Equal([_cluster.NameOf(1)], found!.Silos);
        Assert.Equal(["/w/**"], found.Patterns);
        Assert.Null(await Grain.Channel(new ChannelId(_tenant, "/w/unheard-of")));
    }
}
