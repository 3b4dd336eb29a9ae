namespace Tidings.Gateway.Sessions;

/// <summary>
/// One periodic scan of all sessions and silos instead of timers: ends held connects and sessions whose time is up, acknowledges
/// deliveries, gives sessions back whose clients take nothing, and notices silos that fell silent.
/// </summary>
internal sealed partial class SessionClock(
    GatewayHub hub, SessionDoor door, IHostApplicationLifetime lifetime, TimeProvider time, GatewayMetrics metrics, ILogger<SessionClock> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan HoldUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SiloSilence = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(5);

    private DateTimeOffset _swept;
    private readonly Dictionary<SiloReceiver, (long Frame, DateTimeOffset At)> _marks = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = lifetime.ApplicationStopping.Register(StopAll);
        using var ticks = new PeriodicTimer(Period, time);
        while (await ticks.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Scan(time.GetSteadyNow());
            }
            catch (Exception exception)
            {
                Log.ScanFailed(logger, exception);
            }
        }
    }

    private void StopAll()
    {
        foreach (var session in hub.Sessions)
        {
            session.Protocol?.Stopping(session);
        }
    }

    private void Scan(DateTimeOffset now)
    {
        if (now - _swept > SweepPeriod)
        {
            _swept = now;
            hub.Sweep();
            foreach (var session in hub.Sessions.Where(static session => session is { IsParkedUnheard: true, IsMoving: false }))
            {
                Observe(door.ParkAgainAsync(session));
            }

            foreach (var givenUp in _marks.Keys.Where(static receiver => receiver.IsGivenUp).ToList())
            {
                // Another link of its silo took its place.
                _marks.Remove(givenUp);
            }
        }

        foreach (var session in hub.Sessions)
        {
            try
            {
                Scan(session, now);
            }
            catch (Exception exception)
            {
                // One that fails each time must not keep all others from their ends.
                Log.ScanFailed(logger, exception);
            }
        }

        foreach (var receiver in hub.Receivers)
        {
            foreach (var session in receiver.Acknowledge(HeldUpSince(receiver, now)))
            {
                if (session.Sink is null)
                {
                    Observe(door.ParkAsync(session));
                }
            }

            if (now - receiver.HeardAt > SiloSilence)
            {
                Drop(receiver);
            }
        }
    }

    private void Scan(LocalSession session, DateTimeOffset now)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // It may have come since, by a connection that was taken just before.
            session.Protocol?.Stopping(session);
        }

        session.Protocol?.Tick(session, now);
        if (session.IsForsaken(now))
        {
            session.Orphan();
        }

        if (NeedsAttaching(session) && session is { IsMoving: false, IsAdopted: false })
        {
            Observe(door.AdoptAsync(session));
        }

        if (session.IsTooSlow)
        {
            Observe(door.CloseAsync(session.Tenant, session.Id, SessionEnd.TooSlow));
        }
        else if (session.Deadline < now && session.Description is not null)
        {
            session.Deadline = null;
            Observe(door.CloseAsync(session.Tenant, session.Id, SessionEnd.Expired));
        }
    }

    /// <summary>Its silo fell silent, or its client waits for more than is on its way.</summary>
    private static bool NeedsAttaching(LocalSession session) =>
        session.IsOrphan || session is { Sink: not null, State: LocalState.Lagging } or { Sink: not null, IsPartial: true, HasPending: false };

    /// <summary>The last frame of some seconds ago: who has not got that yet holds the link's acknowledgement up.</summary>
    private long HeldUpSince(SiloReceiver receiver, DateTimeOffset now)
    {
        if (!_marks.TryGetValue(receiver, out var mark))
        {
            _marks[receiver] = mark = (receiver.Received, now);
        }

        if (now - mark.At < HoldUp)
        {
            return 0;
        }

        _marks[receiver] = (receiver.Received, now);
        return mark.Frame;
    }

    private void Drop(SiloReceiver receiver)
    {
        Log.SiloLost(logger, receiver.Silo);
        metrics.SilosLost.Add(1);
        _marks.Remove(receiver);
        GatewayHub.Drop(receiver);
    }

    private void Observe(Task task) => task.ContinueWith(
        (failed, state) => Log.ScanFailed((ILogger)state!, failed.Exception!),
        logger,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted,
        TaskScheduler.Default);

    private static partial class Log
    {
        [LoggerMessage(2131, LogLevel.Error, "The periodic scan failed; it goes on at the next tick")]
        public static partial void ScanFailed(ILogger logger, Exception exception);

        [LoggerMessage(2132, LogLevel.Warning, "Silo {Silo} fell silent; its sessions here are attached anew")]
        public static partial void SiloLost(ILogger logger, string silo);
    }
}
