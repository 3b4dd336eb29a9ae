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
    private const int CallsAtOnce = 16;
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
        await ForEachAsync(fanout.TakeExpired(), static session => session.Close(SessionEnd.Expired), cancellationToken);
        if (store.IsDurable)
        {
            await ForEachAsync(fanout.TakeUnsaved(SavePeriod), static session => session.Save(), cancellationToken);
        }

        await CatchUpAfterDeathsAsync();
        await fanout.SweepAsync();
        if (trim)
        {
            sender.Retain(members.Alive());
            await log.TrimAsync(cancellationToken);
        }
    }

    /// <summary>One session that cannot be reached keeps nothing else waiting: its turn comes again.</summary>
    private Task ForEachAsync(IEnumerable<Mailbox> mailboxes, Func<ISessionGrain, Task> act, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        mailboxes,
        new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellationToken },
        async (mailbox, _) =>
        {
            try
            {
                await act(grains.GetGrain<ISessionGrain>(SessionId.ToKey(mailbox.Tenant, mailbox.SessionId)));
            }
            catch (Exception exception)
            {
                Log.SessionNotSwept(logger, mailbox.SessionId, exception.Message);
            }
        });

    /// <summary>A silo that died may have taken events with it that its channels had logged.</summary>
    private async Task CatchUpAfterDeathsAsync()
    {
        var alive = members.Alive();
        if (!_alive.IsSubsetOf(alive))
        {
            Log.SiloDied(logger);
            await fanout.CatchUpAllAsync();
        }

        // Only now: a death whose losses could not be looked for is looked at again.
        _alive = alive;
    }

    private static partial class Log
    {
        [LoggerMessage(1413, LogLevel.Warning, "Session {Session} could not be swept, which is tried again: {Reason}")]
        public static partial void SessionNotSwept(ILogger logger, string session, string reason);

        [LoggerMessage(1412, LogLevel.Information, "A silo left the cluster; looking for messages whose events it may have lost")]
        public static partial void SiloDied(ILogger logger);

        [LoggerMessage(1411, LogLevel.Error, "The periodic scan failed; it goes on at the next tick")]
        public static partial void SweepFailed(ILogger logger, Exception exception);
    }
}
