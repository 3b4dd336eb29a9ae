using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Tidings.Gateway.Health;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Administration;

/// <summary>Tells the cluster every second that this gateway is there and how it is, and carries out what it is told.</summary>
internal sealed partial class GatewayReporter(
    IClusterClient cluster, GatewayHub hub, GatewayDrain drain, Readiness readiness, IServer server, IMeterFactory meters, TimeProvider time, ILogger<GatewayReporter> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly string Version = ProcessMeter.VersionOf(Assembly.GetExecutingAssembly());

    private readonly ProcessMeter _meter = new(meters, "tidings.messages.delivered", time);

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await Directory.Leave(hub.Address.Id).WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception exception)
        {
            // It is missed soon.
            Log.NotReported(logger, exception.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(Period, time);
        while (await ticks.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await ReportAsync();
                await drain.TickAsync();
            }
            catch (Exception exception)
            {
                Log.NotReported(logger, exception.Message);
            }
        }
    }

    private IGatewayDirectoryGrain Directory => cluster.GetGrain<IGatewayDirectoryGrain>(0);

    private async Task ReportAsync()
    {
        var orders = await Directory.Report(new GatewayReport
        {
            Id = hub.Address.Id,
            Address = Address(),
            IsDraining = drain.IsDraining,
            IsUnready = readiness.State is ReadinessState.Starting or ReadinessState.Deaf,
            Version = Version,
            Started = _meter.Started,
            Cpu = _meter.Cpu(),
            MemoryBytes = ProcessMeter.MemoryBytes,
            Sessions = hub.ClientSessions.Count(),
            DeliveriesPerSecond = _meter.Rate(),
        }).WaitAsync(Patience, time);
        _meter.IsWatched = orders.IsWatched;
        if (orders.Drain is { } order)
        {
            drain.Obey(order);
        }
    }

    /// <summary>Where this gateway listens; for all addresses of its host, the host's name.</summary>
    private string? Address() => server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()?
        .Replace("//[::]", $"//{Environment.MachineName}", StringComparison.Ordinal)
        .Replace("//0.0.0.0", $"//{Environment.MachineName}", StringComparison.Ordinal)
        .Replace("//*", $"//{Environment.MachineName}", StringComparison.Ordinal)
        .Replace("//+", $"//{Environment.MachineName}", StringComparison.Ordinal);

    private static partial class Log
    {
        [LoggerMessage(2501, LogLevel.Debug, "This gateway could not be reported, which is tried again: {Reason}")]
        public static partial void NotReported(ILogger logger, string reason);
    }
}
