using System.Collections.Concurrent;
using Tidings.Grains.Sessions;

namespace Tidings.Grains.Cluster;

/// <summary>Sessions whose gateway and silo end together, so that nobody is left who knows of them.</summary>
public sealed class AbandonedTests
{
    private static readonly TidingsLimits Limits = new() { SessionRecordAge = TimeSpan.FromSeconds(1) };

    [Fact]
    public async Task Their_end_is_told_once_with_its_reason_by_a_silo_that_never_had_them()
    {
        var ends = new Ends();
        await using var cluster = await TestCluster.StartAsync(2, Limits, observer: ends);
        var gateway = cluster.AddGateway();
        var lost = await OpenAsync(cluster, gateway, silo: 1, TimeSpan.FromSeconds(2));
        var other = await OpenAsync(cluster, cluster.AddGateway(), silo: 0, TimeSpan.FromMinutes(1));

        gateway.Crash();
        await cluster.KillSiloAsync(1);

        await Eventually.Is(() => ends.Told.Any(), static () => "the end of the session that nobody has");
        var store = cluster.Service<ISessionStore>(0);
        await Eventually.Is(async () => await store.ClaimAsync(lost.Key) is null, static () => "the end of its record");
        Assert.Equal([(lost.Id, "peer", SessionEnd.Expired)], ends.Told);
        Assert.NotNull(await other.Grain.Subscriptions());
    }

    [Fact]
    public async Task One_that_ended_is_not_recalled()
    {
        var ends = new Ends();
        await using var cluster = await TestCluster.StartAsync(1, Limits, observer: ends);
        var session = await OpenAsync(cluster, cluster.AddGateway(), silo: 0, TimeSpan.FromMinutes(1));
        Assert.True(await session.Grain.Close(SessionEnd.Disconnected));

        await session.Grain.Recall();

        Assert.Null(await session.Grain.Subscriptions());
        Assert.Equal([(session.Id, "peer", SessionEnd.Disconnected)], ends.Told);
    }

    private static async Task<(string Id, string Key, ISessionGrain Grain)> OpenAsync(TestCluster cluster, FakeGateway gateway, int silo, TimeSpan lifetime)
    {
        var id = SessionId.PublicOf(SessionId.NewSecret());
        var key = SessionId.ToKey(ChannelId.DefaultTenant, id);
        var grain = cluster.Client.GetGrain<ISessionGrain>(key);
        var description = new SessionDescription { Protocol = "test", Lifetime = lifetime, Peer = "peer" };
        await cluster.PlacedAsync(silo, async () => Assert.Equal(
            OpenStatus.Opened, await grain.Open(description, gateway.Address, gateway.Add(id, new TestClient()))));
        return (id, key, grain);
    }

    /// <summary>What the silos tell of sessions' ends.</summary>
    private sealed class Ends : ISessionObserver
    {
        private readonly ConcurrentQueue<(string, string?, SessionEnd)> _told = new();

        public IEnumerable<(string Id, string? Peer, SessionEnd Reason)> Told => _told;

        public ValueTask<long?> OpenedAsync(string tenant, string sessionId, SessionDescription description) => new(0);

        public void Ended(string tenant, string sessionId, SessionDescription description, SessionEnd reason) =>
            _told.Enqueue((sessionId, description.Peer, reason));
    }
}
