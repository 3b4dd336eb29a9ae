using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tidings.Grains.Fanout;
using Tidings.Grains.Logs;
using Tidings.Grains.Patterns;
using Tidings.Grains.Streams;

namespace Tidings.Grains.Sessions;

/// <summary>
/// One periodic scan instead of a timer per object: ends sessions that nobody came back for, looks after those that died with their silo and
/// gateway, forgets topics, trims logs.
/// </summary>
internal sealed partial class SessionSweeper(
    SiloFanout fanout,
    IMessageLog log,
    ISessionStore store,
    SiloSender sender,
    PatternIndex patterns,
    IClusterMembers members,
    IGrainFactory grains,
    IOptions<TidingsLimits> limits,
    TimeProvider time,
    ILogger<SessionSweeper> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private const int TrimEvery = 30;
    private const int RecallEvery = 5;
    private const int RecallsAtOnce = 256;
    private const int CallsAtOnce = 16;
    private static readonly TimeSpan LongestSavePeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RecallAgain = TimeSpan.FromSeconds(30);

    private IReadOnlySet<string> _alive = members.Alive();

    /// <summary>How often a session is asked to write down where it stands.</summary>
    public static TimeSpan SavePeriodOf(TidingsLimits limits)
    {
        var often = limits.SessionRecordAge / 2;
        return often < LongestSavePeriod ? often : LongestSavePeriod;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(Period, time);
        for (var tick = 0L; await ticks.WaitForNextTickAsync(stoppingToken); tick++)
        {
            try
            {
                // A call that is under way when the silo stops is never answered.
                await SweepAsync(trim: tick % TrimEvery == 0, recall: tick % RecallEvery == 0, stoppingToken).WaitAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Log.SweepFailed(logger, exception);
            }
        }
    }

    private async Task SweepAsync(bool trim, bool recall, CancellationToken cancellationToken)
    {
        await ForEachAsync(KeysOf(fanout.TakeExpired()), static session => session.Close(SessionEnd.Expired), cancellationToken);
        if (store.IsDurable)
        {
            await ForEachAsync(KeysOf(fanout.TakeUnsaved(SavePeriodOf(limits.Value))), static session => session.Save(), cancellationToken);
        }

        await CatchUpAfterDeathsAsync();
        await fanout.SweepAsync();
        if (recall)
        {
            // Of a silo that came and went between two looks, nothing else tells.
            patterns.Forget(members.IsGone);
            await RecallAsync(cancellationToken);
        }

        if (trim)
        {
            sender.Retain(members.Alive());
            await log.TrimAsync(members.IsGone, cancellationToken);
        }
    }

    /// <summary>Any silo looks after the sessions that no silo has any more; a store that is away is asked at the next turn.</summary>
    private async Task RecallAsync(CancellationToken cancellationToken)
    {
        if (!store.IsDurable || fanout.IsLeaving)
        {
            return;
        }

        try
        {
            await ForEachAsync(await store.TakeDueAsync(RecallsAtOnce, RecallAgain), static session => session.Recall(), cancellationToken);
        }
        catch (LogUnavailableException exception)
        {
            Log.NotRecalled(logger, exception.Message);
        }
    }

    private static IEnumerable<string> KeysOf(IEnumerable<Mailbox> mailboxes) =>
        mailboxes.Select(static mailbox => SessionId.ToKey(mailbox.Tenant, mailbox.SessionId));

    /// <summary>One session that cannot be reached keeps nothing else waiting: its turn comes again.</summary>
    private Task ForEachAsync(IEnumerable<string> keys, Func<ISessionGrain, Task> act, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        keys,
        new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellationToken },
        async (key, _) =>
        {
            try
            {
                await act(grains.GetGrain<ISessionGrain>(key));
            }
            catch (Exception exception)
            {
                Log.SessionNotSwept(logger, key, exception.Message);
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
        [LoggerMessage(1414, LogLevel.Warning, "Sessions whose silo and gateway died together could not be looked for, which is tried again: {Reason}")]
        public static partial void NotRecalled(ILogger logger, string reason);

        [LoggerMessage(1413, LogLevel.Warning, "Session {Session} could not be swept, which is tried again: {Reason}")]
        public static partial void SessionNotSwept(ILogger logger, string session, string reason);

        [LoggerMessage(1412, LogLevel.Information, "A silo left the cluster; looking for messages whose events it may have lost")]
        public static partial void SiloDied(ILogger logger);

        [LoggerMessage(1411, LogLevel.Error, "The periodic scan failed; it goes on at the next tick")]
        public static partial void SweepFailed(ILogger logger, Exception exception);
    }
}
