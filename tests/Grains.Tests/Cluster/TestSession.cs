namespace Tidings.Grains.Cluster;

/// <summary>A session with its client, and the part of a gateway that moves it.</summary>
internal sealed class TestSession(IClusterClient cluster, string tenant)
{
    private static readonly SessionDescription Description = new() { Protocol = "test", Lifetime = TimeSpan.FromSeconds(60) };

    public string Id { get; } = SessionId.PublicOf(SessionId.NewSecret());

    public TestClient Client { get; } = new();

    public ISessionGrain Grain => cluster.GetGrain<ISessionGrain>(SessionId.ToKey(tenant, Id));

    public async Task<OpenStatus> TryOpenAsync(FakeGateway gateway)
    {
        return await Grain.Open(Description, gateway.Address, gateway.Add(Id, Client));
    }

    public async Task OpenAsync(FakeGateway gateway) => Assert.Equal(OpenStatus.Opened, await TryOpenAsync(gateway));

    /// <summary>Attaches, and again after each first part, until messages follow by themselves.</summary>
    /// <returns>How many parts it took.</returns>
    public async Task<int> AttachAsync(FakeGateway gateway)
    {
        var before = Client.Messages.Length;
        var result = await Grain.Attach(gateway.Address, gateway.Add(Id, Client), null, onlyIfFree: false);
        var parts = 1;
        for (; !result.Live; parts++)
        {
            Assert.NotNull(result.Description);
            await Eventually.Is(() => Client.Messages.Length > before, "a first part of what was missed");
            before = Client.Messages.Length;
            var (handover, caughtUp) = gateway.GiveUp(Id);
            result = await Grain.Attach(gateway.Address, gateway.Add(Id, Client, caughtUp), handover, onlyIfFree: false);
        }

        return parts;
    }

    public Task ParkAsync(FakeGateway gateway, TimeSpan? lifetime = null) =>
        Grain.Park(gateway.Address.Id, gateway.StayOf(Id), gateway.GiveUp(Id).Handover, lifetime ?? TimeSpan.FromSeconds(60));
}
