using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime.Services;
using Orleans.Services;
using Tidings.Grains.Fanout;

namespace Tidings.Grains.Administration;

/// <summary>What each silo tells of itself to whoever administrates the cluster: one instance per silo, addressed by silo.</summary>
[Alias("tidings.ISiloInspector")]
internal interface ISiloInspector : IGrainService
{
    /// <summary>How the silo is. Its publishes are counted from then on, for as long as it is asked now and then.</summary>
    [Alias("Describe")]
    Task<SiloLoad> Describe();

    /// <summary>What goes on here in a tenant. Its publishes are counted from then on, for as long as it is asked now and then.</summary>
    [Alias("Tenant")]
    Task<TenantLoad> Tenant(string tenant);

    /// <summary>The first of this silo's sessions that are looked for.</summary>
    [Alias("Sessions")]
    Task<SessionView[]> Sessions(SessionQuery query);

    /// <summary>A session of this silo; null if it is none.</summary>
    [Alias("Session")]
    Task<SessionDetail?> Session(string? tenant, string sessionId);

    /// <summary>The first names of channels that are looked for and that this silo's sessions are subscribed to.</summary>
    [Alias("Names")]
    Task<string[]> Names(ChannelQuery query);

    /// <summary>How many subscriptions this silo's sessions have to each of some names and patterns of a tenant.</summary>
    [Alias("Subscribers")]
    Task<int[]> Subscribers(string tenant, string[] names);
}

/// <inheritdoc cref="ISiloInspector"/>
[Reentrant]
internal sealed class SiloInspector(
    GrainId grainId, Silo silo, ILoggerFactory loggerFactory, ILocalSiloDetails local, SiloFanout fanout, SessionWindows windows, SiloMeter meter, SiloMetrics metrics,
    TimeProvider time)
    : GrainService(grainId, silo, loggerFactory), ISiloInspector
{
    private readonly string _silo = Streams.SiloStream.NameOf(local.SiloAddress);

    public Task<SiloLoad> Describe() => Task.FromResult(meter.Describe(fanout.SessionCount));

    public Task<TenantLoad> Tenant(string tenant) => Task.FromResult(new TenantLoad(fanout.SessionsOf(tenant), metrics.Tenants.Look(tenant, time)));

    public async Task<SessionView[]> Sessions(SessionQuery query)
    {
        var found = SessionSearch.Find(fanout.All(), query);
        return await windows.AddAsync(fanout.ViewsOf(found, _silo));
    }

    public async Task<SessionDetail?> Session(string? tenant, string sessionId)
    {
        if (fanout.Find(tenant, sessionId) is not { } mailbox)
        {
            return null;
        }

        var seen = await windows.AddAsync(fanout.ViewsOf([mailbox], _silo));
        return new SessionDetail(seen[0], fanout.SubscriptionsOf(mailbox));
    }

    public Task<string[]> Names(ChannelQuery query) => Task.FromResult(fanout.NamesOf(query));

    public Task<int[]> Subscribers(string tenant, string[] names) => Task.FromResult(fanout.SubscribersOf(tenant, names));
}

/// <summary>Reaches the <see cref="ISiloInspector"/> of a silo.</summary>
internal sealed class SiloInspectorClient(IServiceProvider services) : GrainServiceClient<ISiloInspector>(services)
{
    public ISiloInspector Of(SiloAddress silo) => GetGrainService(silo);
}
