namespace Tidings.Grains.Cluster;

/// <summary>A session moves for its owner alone: to others there is none.</summary>
public sealed class ClaimTests
{
    private static readonly SessionOwner Alice = new() { User = "alice", Roles = [], Credential = "password:1" };

    [Theory]
    [InlineData("alice", false, "test", "alice", true)]
    [InlineData("alice", false, "test", "bob", false)]
    [InlineData("alice", false, "test", null, false)]
    [InlineData("alice", false, "other", "alice", false)]
    [InlineData("alice", true, "test", "alice", true)]
    [InlineData("alice", true, "test", "bob", false)]
    [InlineData(null, false, "test", null, true)]
    [InlineData(null, false, "test", "bob", false)]
    public async Task A_session_comes_to_its_owner(string? owner, bool byHandshake, string protocol, string? user, bool comes)
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var (session, holder) = await OpenAsync(cluster, owner, byHandshake);

        var result = await session.Claim(cluster.AddGateway().Address, 1, null, new SessionClaim(protocol, user));

        Assert.Equal(comes, result.Description is not null);
        Assert.Equal(!comes, await IsHeldByAsync(session, holder));
    }

    [Fact]
    public async Task One_that_only_the_handshake_proved_stays_until_its_owner_was_looked_at()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var (session, holder) = await OpenAsync(cluster, "alice", byHandshake: true);

        var result = await session.Claim(cluster.AddGateway().Address, 1, null, new SessionClaim("test", null));

        Assert.True(result.Unproven);
        Assert.Equal("alice", result.Description!.Owner!.User);
        Assert.True(await IsHeldByAsync(session, holder));
    }

    private static async Task<(ISessionGrain Session, FakeGateway Holder)> OpenAsync(TestCluster cluster, string? owner, bool byHandshake)
    {
        var holder = cluster.AddGateway();
        var id = SessionId.PublicOf(SessionId.NewSecret());
        var session = cluster.Client.GetGrain<ISessionGrain>(SessionId.ToKey(ChannelId.DefaultTenant, id));
        var description = new SessionDescription
        {
            Protocol = "test",
            Lifetime = TimeSpan.FromSeconds(60),
            Owner = owner is null ? null : Alice with { ByHandshake = byHandshake },
        };
        Assert.Equal(OpenStatus.Opened, await session.Open(description, holder.Address, holder.Add(id, new TestClient())));
        return (session, holder);
    }

    /// <summary>A gateway that only asks for what is free leaves a session to its holder, and a holder gets its own.</summary>
    private static async Task<bool> IsHeldByAsync(ISessionGrain session, FakeGateway holder) =>
        !(await session.Attach(holder.Address, 0, null, onlyIfFree: true)).Elsewhere;
}
