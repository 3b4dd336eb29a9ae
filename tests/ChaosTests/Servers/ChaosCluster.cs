namespace Tidings.ChaosTests.Servers;

/// <summary>Redis, silos, gateways and HAProxy as processes.</summary>
sealed class ChaosCluster : IAsyncDisposable
{
    readonly ClusterLayout _layout;

    public ChaosCluster(ChaosOptions options, string folder)
    {
        _layout = new ClusterLayout(options, folder);
        Redis = _layout.Redis();
        Silos = [.. Enumerable.Range(0, options.Silos).Select(_layout.Silo)];
        Gateways = [.. Enumerable.Range(0, options.Gateways).Select(_layout.Gateway)];
        Balancer = _layout.Balancer();
    }

    /// <summary>Where clients connect.</summary>
    public Uri Front => _layout.Front;

    public Service Redis { get; }

    public IReadOnlyList<Service> Silos { get; }

    public IReadOnlyList<Service> Gateways { get; }

    public Service Balancer { get; }

    public IEnumerable<Service> All => [Redis, .. Silos, .. Gateways, Balancer];

    public async Task StartAsync()
    {
        await Redis.StartAsync();
        await Task.WhenAll(Silos.Select(silo => silo.StartAsync()));
        await Task.WhenAll(Gateways.Select(gateway => gateway.StartAsync()));
        await Balancer.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in All.Reverse())
            await service.DisposeAsync();
        _layout.DeleteData();
    }
}
