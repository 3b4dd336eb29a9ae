using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tidings.Grains.Fanout;
using Tidings.Grains.Logs;
using Tidings.Grains.Streams;

namespace Tidings.Grains.Sessions;

/// <summary>One periodic scan instead of a timer per object: ends sessions that nobody came back for, forgets topics, trims logs.</summary>
internal sealed partial class SessionSweeper(
    SiloFanout fanout,
    IMessageLog log,
    ISessionStore store,
    SiloSender sender,
    IClusterMembers members,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<SessionSweeper> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private const int TrimEvery = 30;
    private const int SavesAtOnce = 16;
    private static readonly TimeSpan SavePeriod = TimeSpan.FromMinutes(1);

    private IReadOnlySet<string> _alive = members.Alive();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(Period, time);
        for (var tick = 0L; await ticks.WaitForNextTickAsync(stoppingToken); tick++)
        {
            try
            {
                await SweepAsync(trim: tick % TrimEvery == 0, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Log.SweepFailed(logger, exception);
            }
        }
    }

    private async Task SweepAsync(bool trim, CancellationToken cancellationToken)
    {
        foreach (var mailbox in fanout.TakeExpired())
        {
            await grains.GetGrain<ISessionGrain>(SessionId.ToKey(mailbox.Tenant, mailbox.SessionId)).Close(SessionEnd.Expired);
        }

        if (store.IsDurable)
        {
            await Parallel.ForEachAsync(
                fanout.TakeUnsaved(SavePeriod),
                new ParallelOptions { MaxDegreeOfParallelism = SavesAtOnce, CancellationToken = cancellationToken },
                async (mailbox, _) => await grains.GetGrain<ISessionGrain>(SessionId.ToKey(mailbox.Tenant, mailbox.SessionId)).Save());
        }

        await CatchUpAfterDeathsAsync();
        await fanout.SweepAsync();
        if (trim)
        {
            sender.Retain(members.Alive());
            await log.TrimAsync(cancellationToken);
        }
    }

    /// <summary>A silo that died may have taken events with it that its channels had logged.</summary>
    private async Task CatchUpAfterDeathsAsync()
    {
        var alive = members.Alive();
        var died = !_alive.IsSubsetOf(alive);
        _alive = alive;
        if (died)
        {
            Log.SiloDied(logger);
            await fanout.CatchUpAllAsync();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1412, LogLevel.Information, "A silo left the cluster; looking for messages whose events it may have lost")]
        public static partial void SiloDied(ILogger logger);

        [LoggerMessage(1411, LogLevel.Error, "The periodic scan failed; it goes on at the next tick")]
        public static partial void SweepFailed(ILogger logger, Exception exception);
    }
}
