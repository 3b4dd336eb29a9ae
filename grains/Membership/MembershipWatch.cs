using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tidings.Grains.Logs;
using Tidings.Grains.Sessions;

namespace Tidings.Grains.Membership;

/// <summary>
/// Looks once a second whether this silo's own row is in the table of members. Orleans never writes a lost row again (dotnet/orleans#7784), and
/// gateways leave silos that the table does not name. Whatever else the store held of this silo, such as who wants which channel, went with
/// the row. So the silo has its sessions written down anew, hands them over, and ends: at once, since Orleans' own way to stop wants the row.
/// </summary>
internal sealed partial class MembershipWatch(
    IMembershipTable table,
    ISiloStatusOracle oracle,
    IMessageLog log,
    ISessionStore store,
    SiloDeparture departure,
    SiloMetrics metrics,
    TimeProvider time,
    ILogger<MembershipWatch> logger) : BackgroundService, ISiloMembership
{
    /// <summary>What a process ends with that wants to be started again (sysexits.h, EX_TEMPFAIL).</summary>
    private const int TemporaryFailure = 75;
    private const int MissesUntilForgotten = 2;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private int _misses;

    public bool IsForgotten => _misses >= MissesUntilForgotten;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(Period, time);
        while (!IsForgotten && await ticks.WaitForNextTickAsync(stoppingToken))
        {
            await LookAsync(stoppingToken);
        }

        Log.Forgotten(logger, oracle.SiloAddress);
        metrics.MembershipsLost.Add(1);
        store.HasForgotten = true;
        await RemindAsync(stoppingToken);
        await departure.MoveSessionsAsync(stoppingToken);
        Environment.Exit(TemporaryFailure);
    }

    /// <summary>Places in lost logs must not be taken for places in new ones, not even by silos that know only these.</summary>
    private async Task RemindAsync(CancellationToken stoppingToken)
    {
        try
        {
            await log.RemindAsync(stoppingToken);
        }
        catch (LogUnavailableException exception)
        {
            Log.LookFailed(logger, exception.Message);
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        if (oracle.CurrentStatus != SiloStatus.Active)
        {
            return;
        }

        try
        {
            var row = await table.ReadRow(oracle.SiloAddress).WaitAsync(stoppingToken);
            _misses = row.Members.Count == 0 ? _misses + 1 : 0;
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            // A table that does not answer has not forgotten anybody.
            Log.LookFailed(logger, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1431, LogLevel.Critical, "The table of members has lost {Silo}: the store came back without its data, or with older ones. This silo ends, to be started again")]
        public static partial void Forgotten(ILogger logger, SiloAddress silo);

        [LoggerMessage(1432, LogLevel.Warning, "The table of members does not answer: {Reason}")]
        public static partial void LookFailed(ILogger logger, string reason);
    }
}
