using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Tidings.Grains.Administration;

/// <inheritdoc cref="IGatewayDirectoryGrain"/>
internal sealed partial class GatewayDirectoryGrain(TimeProvider time, ILogger<GatewayDirectoryGrain> logger) : Grain, IGatewayDirectoryGrain
{
    private const int MostGateways = 10_000;
    private const int MostWatched = 1000;
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WatchTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, (GatewayReport Report, DateTimeOffset At)> _gateways = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DrainOrder> _orders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _tenants = new(StringComparer.Ordinal);
    private DateTimeOffset _watchedUntil;
    private IGrainTimer? _publishing;

    private bool IsWatched => time.GetSteadyNow() < _watchedUntil;

    public Task<GatewayOrders> Report(GatewayReport report)
    {
        if (_gateways.Count < MostGateways || _gateways.ContainsKey(report.Id))
        {
            _gateways[report.Id] = (report, time.GetSteadyNow());
        }

        return Task.FromResult(new GatewayOrders(IsWatched, _orders.GetValueOrDefault(report.Id)));
    }

    public Task Leave(string id)
    {
        _gateways.Remove(id);
        _orders.Remove(id);
        return Task.CompletedTask;
    }

    public Task<GatewayReport[]> Gateways()
    {
        _watchedUntil = time.GetSteadyNow() + WatchTime;
        BeginToPublish();
        return Task.FromResult(Present());
    }

    public Task Watch(string tenant)
    {
        if (_tenants.Count < MostWatched || _tenants.ContainsKey(tenant))
        {
            _tenants[tenant] = time.GetSteadyNow() + WatchTime;
            BeginToPublish();
        }

        return Task.CompletedTask;
    }

    public Task<GatewayReport?> Order(string id, DrainOrder order)
    {
        if (Array.Find(Present(), gateway => gateway.Id == id) is not { } gateway)
        {
            return Task.FromResult<GatewayReport?>(null);
        }

        _orders[id] = order;
        return Task.FromResult<GatewayReport?>(gateway);
    }

    private GatewayReport[] Present()
    {
        var oldest = time.GetSteadyNow() - Life;
        foreach (var gone in _gateways.Where(known => known.Value.At < oldest).Select(static known => known.Key).ToList())
        {
            _gateways.Remove(gone);
            _orders.Remove(gone);
        }

        return [.. _gateways.Values.Select(static known => known.Report).OrderBy(static report => report.Id, StringComparer.Ordinal)];
    }

    private void BeginToPublish() =>
        _publishing ??= this.RegisterGrainTimer(TellAsync, new GrainTimerCreationOptions(Period, Period) { Interleave = true });

    /// <summary>Tells the figures of the cluster and of tenants, until nobody looks any more.</summary>
    private async Task TellAsync(CancellationToken cancellationToken)
    {
        var now = time.GetSteadyNow();
        foreach (var gone in _tenants.Where(watched => watched.Value < now).Select(static watched => watched.Key).ToList())
        {
            _tenants.Remove(gone);
        }

        if (!IsWatched && _tenants.Count == 0)
        {
            _publishing?.Dispose();
            _publishing = null;
            return;
        }

        await Task.WhenAll([.. _tenants.Keys.Select(TellTenantAsync), .. IsWatched ? [TellClusterAsync()] : Array.Empty<Task>()]);
    }

    private Task TellClusterAsync() => TryAsync(async () => await PublishAsync(
        new ChannelId(ChannelId.DefaultTenant, SystemChannels.Cluster), Figures(await GrainFactory.GetGrain<IClusterGrain>(0).State())));

    private Task TellTenantAsync(string tenant) => TryAsync(async () => await PublishAsync(
        new ChannelId(tenant, SystemChannels.Figures), Figures(await GrainFactory.GetGrain<IClusterGrain>(0).Tenant(tenant))));

    private Task<PublishResult> PublishAsync(ChannelId channel, byte[] figures) =>
        GrainFactory.GetGrain<IChannelGrain>(channel.ToKey()).Publish([new PublishItem { Body = figures }]);

    private async Task TryAsync(Func<Task> publish)
    {
        try
        {
            await publish();
        }
        catch (Exception exception)
        {
            Log.NotPublished(logger, exception.Message);
        }
    }

    private byte[] Figures(ClusterState state) => JsonSerializer.SerializeToUtf8Bytes(
        ClusterFigures.Of(time.GetUtcNow(), Present(), state), ClusterFiguresJson.Default.ClusterFigures);

    private byte[] Figures(TenantLoad load) => JsonSerializer.SerializeToUtf8Bytes(
        new TenantFigures(time.GetUtcNow(), load.Sessions, load.PublishesPerSecond ?? 0), ClusterFiguresJson.Default.TenantFigures);

    private static partial class Log
    {
        [LoggerMessage(1821, LogLevel.Warning, "Figures for administrators could not be published; the next ones are: {Reason}")]
        public static partial void NotPublished(ILogger logger, string reason);
    }
}
