using Tidings.Grains.Patterns;

namespace Tidings.Grains.Cluster;

/// <summary>Two silos for the tests of one class; each test has channels of its own.</summary>
public sealed class TwoSilos : IAsyncLifetime
{
    internal TestCluster Cluster { get; private set; } = null!;

    public async Task InitializeAsync() => Cluster = await TestCluster.StartAsync(2);

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}

public sealed class DeliveryTests(TwoSilos fixture) : IClassFixture<TwoSilos>
{
    private readonly TestCluster _cluster = fixture.Cluster;
    private readonly string _root = $"/t{Guid.NewGuid():N}";

    [Fact]
    public async Task Concurrent_publishers_get_consecutive_offsets_in_their_own_order()
    {
        var channel = await _cluster.ChannelAsync(_root);
        var publishers = Enumerable.Range(0, 8).Select(async _ =>
        {
            var offsets = new List<long>();
            for (var i = 0; i < 50; i++)
            {
                offsets.Add(await channel.PublishAsync());
            }

            Assert.Equal(offsets.Order(), offsets);
            return offsets;
        });
        var all = (await Task.WhenAll(publishers)).SelectMany(offsets => offsets);
        Assert.Equal(Enumerable.Range(1, 400).Select(i => (long)i), all.Order());
    }

    [Fact]
    public async Task A_session_gets_messages_of_a_channel_on_another_silo()
    {
        var channel = await _cluster.ChannelAsync(_root, silo: 1);
        var session = await _cluster.OpenAsync(_cluster.AddGateway(), silo: 0, subscriptions: [_root]);
        await channel.PublishAsync(20);
        await session.Client.GetsExactly(_root, 1, 20);
    }

    [Fact]
    public async Task A_message_crosses_once_however_many_sessions_a_gateway_has()
    {
        var channel = await _cluster.ChannelAsync(_root);
        var gateway = _cluster.AddGateway();
        var sessions = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _cluster.OpenAsync(gateway, subscriptions: [_root])));
        await channel.PublishAsync();
        foreach (var session in sessions)
        {
            await session.Client.GetsExactly(_root, 1, 1);
        }

        Assert.Single(gateway.DeliveriesOf(_root));
    }

    [Fact]
    public async Task Patterns_match_and_a_session_gets_one_copy_in_a_frame_that_names_them_all()
    {
        var gateway = _cluster.AddGateway();
        var session = await _cluster.OpenAsync(gateway, subscriptions: [$"{_root}/a/b", $"{_root}/a/*", $"{_root}/a/**", $"{_root}/**", $"{_root}/*"]);
        var channel = await _cluster.ChannelAsync($"{_root}/a/b", silo: 1);
        await channel.PublishAsync(3);
        await session.Client.GetsExactly($"{_root}/a/b", 1, 3);
        Assert.Equal(
            [$"{_root}/**", $"{_root}/a/*", $"{_root}/a/**", $"{_root}/a/b"],
            gateway.DeliveriesOf($"{_root}/a/b")[0].Subscriptions.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_deepest_pattern_matches_every_channel()
    {
        var session = await _cluster.OpenAsync(_cluster.AddGateway(), tenant: "everything", subscriptions: ["/**"]);
        await (await _cluster.ChannelAsync("/one", 0, "everything")).PublishAsync();
        await (await _cluster.ChannelAsync("/one/two/three", 1, "everything")).PublishAsync();
        await session.Client.GetsExactly("/one", 1, 1);
        await session.Client.GetsExactly("/one/two/three", 1, 1);
    }

    [Fact]
    public async Task Every_silo_knows_a_pattern_before_its_subscribe_answers()
    {
        const string tenant = "patterns";
        var copies = await Task.WhenAll(Enumerable.Range(0, 2).Select(silo => _cluster.Service<PatternIndex>(silo).OfAsync(tenant).AsTask()));
        for (var i = 0; i < 20; i++)
        {
            await _cluster.OpenAsync(_cluster.AddGateway(), i % 2, tenant, [$"/p{i}/**"]);
            foreach (var copy in copies)
            {
                var silos = new HashSet<string>();
                copy.AddSilosOf($"/p{i}/x", silos);
                Assert.Equal([_cluster.NameOf(i % 2)], silos);
            }
        }
    }

    [Fact]
    public async Task What_was_published_before_a_subscribe_does_not_come_and_what_comes_after_an_unsubscribe_neither()
    {
        var channel = await _cluster.ChannelAsync(_root);
        await channel.PublishAsync(5);
        var session = await _cluster.OpenAsync(_cluster.AddGateway(), subscriptions: [_root]);
        await channel.PublishAsync(5);
        await session.Client.GetsExactly(_root, 6, 10);
        await session.Grain.Unsubscribe([_root]);
        var other = $"{_root}/other";
        await session.Grain.Subscribe([other]);
        await channel.PublishAsync(5);
        await (await _cluster.ChannelAsync(other)).PublishAsync();
        await session.Client.GetsExactly(other, 1, 1);
        await session.Client.GetsExactly(_root, 6, 10);
    }

    [Fact]
    public async Task Tenants_never_see_each_other()
    {
        var gateway = _cluster.AddGateway();
        var red = await _cluster.OpenAsync(gateway, tenant: "red", subscriptions: [_root, "/**"]);
        var blue = await _cluster.OpenAsync(gateway, tenant: "blue", subscriptions: [_root, "/**"]);
        var redChannel = await _cluster.ChannelAsync(_root, 0, "red");
        await redChannel.PublishAsync(3);
        await (await _cluster.ChannelAsync(_root, 0, "blue")).PublishAsync();
        await red.Client.GetsExactly(_root, 1, 3);
        await blue.Client.GetsExactly(_root, 1, 1);
        Assert.Null(await _cluster.Client.GetGrain<ISessionGrain>(SessionId.ToKey("blue", red.Id)).Subscriptions());
    }
}
