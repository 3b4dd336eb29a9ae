namespace Tidings.Cluster.Tests.Processes;

/// <summary>Redis, two silos, two gateways and HAProxy, as deploy/local-cluster runs them, on free ports.</summary>
public sealed class LocalCluster : IAsyncLifetime
{
    readonly Stack<IAsyncDisposable> _parts = new();
    readonly string[] _more;
    string[] _settings = [];

    public LocalCluster()
        : this([])
    {
    }

    /// <summary>With settings that silos and gateways are given beside those of the cluster.</summary>
    internal LocalCluster(string[] more) => _more = more;

    internal RedisServer Redis { get; private set; } = null!;

    internal IReadOnlyList<SiloProcess> Silos { get; private set; } = [];

    internal IReadOnlyList<GatewayProcess> Gateways { get; private set; } = [];

    internal HaProxy Front { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        try
        {
            await StartAsync();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>One more gateway, which HAProxy does not know.</summary>
    internal async Task<GatewayProcess> AddGatewayAsync(string name)
    {
        var gateway = Own(await GatewayProcess.StartAsync(name, _settings));
        await gateway.ReadyAsync();
        return gateway;
    }

    /// <summary>Ends the parts in the opposite order of their start.</summary>
    public async Task DisposeAsync()
    {
        while (_parts.TryPop(out var part))
            await part.DisposeAsync();
    }

    async Task StartAsync()
    {
        Redis = Own(await RedisServer.StartAsync());
        _settings = [$"--Tidings:Redis={Redis.ConnectionString}", $"--Tidings:ClusterId=test-{Guid.NewGuid():N}", .. _more];
        Silos = [Own(await SiloProcess.StartAsync("silo1", _settings)), Own(await SiloProcess.StartAsync("silo2", _settings))];
        await Task.WhenAll(Silos.Select(silo => silo.ReadyAsync()));
        Gateways = [Own(await GatewayProcess.StartAsync("gateway1", _settings)), Own(await GatewayProcess.StartAsync("gateway2", _settings))];
        await Task.WhenAll(Gateways.Select(gateway => gateway.ReadyAsync()));
        Front = Own(await HaProxy.StartAsync([.. Gateways.Select(gateway => gateway.Address)]));
    }

    T Own<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Push(part);
        return part;
    }
}
