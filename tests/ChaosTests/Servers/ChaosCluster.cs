namespace Tidings.ChaosTests.Servers;

/// <summary>Redis, silos, gateways and HAProxy as processes.</summary>
sealed class ChaosCluster : IAsyncDisposable
{
    readonly ClusterLayout _layout;

    /// <param name="options">The run's settings.</param>
    /// <param name="folder">Where logs and data go.</param>
    /// <param name="previous">The sources whose build everything runs until it is upgraded; null for those at hand.</param>
    public ChaosCluster(ChaosOptions options, string folder, SourceTree? previous = null)
    {
        _layout = new ClusterLayout(options, folder, previous);
        Redis = options.Redis is null ? _layout.Redis() : null;
        Silos = [.. Enumerable.Range(0, options.Silos).Select(_layout.Silo)];
        Gateways = [.. Enumerable.Range(0, options.Gateways).Select(_layout.Gateway)];
        Balancer = _layout.Balancer();
    }

    /// <summary>Where clients connect.</summary>
    public Uri Front => _layout.Front;

    /// <summary>Its own Redis; null if somebody else runs it.</summary>
    public Service? Redis { get; }

    public int RedisPort => _layout.RedisPort;

    public IReadOnlyList<Service> Silos { get; }

    public IReadOnlyList<Service> Gateways { get; }

    public Service Balancer { get; }

    public IEnumerable<Service> All => Redis is null ? [.. Silos, .. Gateways, Balancer] : [Redis, .. Silos, .. Gateways, Balancer];

    public async Task StartAsync()
    {
        if (Redis is not null)
            await Redis.StartAsync();
        await Task.WhenAll(Silos.Select(silo => silo.StartAsync()));
        await Task.WhenAll(Gateways.Select(gateway => gateway.StartAsync()));
        await Balancer.StartAsync();
    }

    /// <summary>From its next start on, a process runs the sources at hand.</summary>
    public void Upgrade(Service service) => _layout.Upgrade(service);

    /// <summary>Kills Redis, and starts it on the same port with nothing.</summary>
    public async Task LoseDataAsync()
    {
        Redis!.Retire();
        await Redis.KillAsync();
        _layout.DeleteData();
        await Redis.ReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in All.Reverse())
            await service.DisposeAsync();
        _layout.DeleteData();
    }
}
