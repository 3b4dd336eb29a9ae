using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime.Placement;
using Orleans.TestingHost;
using Tidings.Grains.Logs;
using Tidings.Grains.Sessions;
using Tidings.Grains.Streams;

namespace Tidings.Grains.Cluster;

/// <summary>Silos in this process, with one log that all share as a cluster's silos share Redis.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;
    private readonly List<FakeGateway> _gateways = [];
    private readonly Counters _counters = new();

    private TestCluster(InProcessTestCluster cluster, IMessageLog log)
    {
        _cluster = cluster;
        Log = log;
    }

    public IMessageLog Log { get; }

    public IClusterClient Client => _cluster.Client;

    public IReadOnlyList<InProcessSiloHandle> Silos => [.. _cluster.Silos];

    public static async Task<TestCluster> StartAsync(short silos, TidingsLimits? limits = null, TimeProvider? time = null, IMessageLog? log = null, ISessionObserver? observer = null, BrokenStorage? storage = null)
    {
        var options = Options.Create(limits ?? new TidingsLimits());
        var clock = time ?? TimeProvider.System;
        var shared = log ?? new MemoryMessageLog(options, clock);
        var sessions = new SharedSessionStore(clock);
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddMemoryGrainStorage(storage is null ? TidingsStorage.Name : BrokenStorage.Whole);
            storage?.AddTo(silo);
            silo.AddMemoryGrainStorage("PubSubStore");
            silo.Services.AddSingleton(shared);
            silo.Services.AddSingleton<ISessionStore>(sessions);
            if (observer is not null)
            {
                silo.Services.AddSingleton(observer);
            }

            silo.AddTidingsGrains();
            silo.Services.AddSingleton(options);
            silo.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Error));
            if (time is not null)
            {
                silo.Services.AddSingleton(time);
            }
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new TestCluster(cluster, shared);
    }

    public T Service<T>(int silo) where T : notnull => Silos[silo].ServiceProvider.GetRequiredService<T>();

    /// <summary>What a silo has counted so far.</summary>
    public long Counted(int silo, Func<SiloMetrics, Counter<long>> counter) => _counters.Of(counter(Service<SiloMetrics>(silo)));

    /// <summary>The name of a silo's stream.</summary>
    public string NameOf(int silo) => SiloStream.NameOf(Silos[silo].SiloAddress);

    public FakeGateway AddGateway()
    {
        var gateway = new FakeGateway();
        gateway.Address = new GatewayAddress(Guid.NewGuid().ToString("N"), Client.CreateObjectReference<IGatewayObserver>(gateway));
        _gateways.Add(gateway);
        return gateway;
    }

    /// <summary>Opens a session whose grain lives on a silo.</summary>
    public async Task<TestSession> OpenAsync(FakeGateway gateway, int silo = 0, string tenant = ChannelId.DefaultTenant, string[]? subscriptions = null)
    {
        var session = new TestSession(Client, tenant);
        await PlacedAsync(silo, () => session.OpenAsync(gateway));
        if (subscriptions is not null)
        {
            Assert.Equal(SubscribeStatus.Done, await session.Grain.Subscribe(subscriptions));
        }

        return session;
    }

    /// <summary>A channel whose grain is activated on a silo.</summary>
    public async Task<TestChannel> ChannelAsync(string name, int silo = 0, string tenant = ChannelId.DefaultTenant)
    {
        var channel = new TestChannel(Client, new ChannelId(tenant, name));
        await PlacedAsync(silo, () => channel.Grain.Unregister("nobody").AsTask());
        return channel;
    }

    /// <summary>How many grains are active whose class is named so.</summary>
    public async Task<int> ActivationsOfAsync(string grainClass)
    {
        var statistics = await Client.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        return statistics.Count(grain => grain.GrainType.Contains(grainClass, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Ends a silo as a crash does.</summary>
    public Task KillSiloAsync(int silo) => _cluster.KillSiloAsync(Silos[silo]);

    public Task StopSiloAsync(int silo) => _cluster.StopSiloAsync(Silos[silo]);

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _gateways)
        {
            gateway.Recover();
        }

        await _cluster.DisposeAsync();
        _counters.Dispose();
        GC.KeepAlive(_gateways);
    }

    /// <summary>Makes a call whose grain, if it has no place yet, is placed on a silo.</summary>
    public async Task PlacedAsync(int silo, Func<Task> firstCall)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, Silos[silo].SiloAddress);
        try
        {
            await firstCall();
        }
        finally
        {
            RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        }
    }
}
