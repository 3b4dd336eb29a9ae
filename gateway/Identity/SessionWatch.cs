using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity.Accounts;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Identity;

/// <summary>
/// Sessions follow their owners: whenever accounts or rules change, or who needs credentials, each session held here is looked at again, and twice a second those
/// whose proof ends by itself. One whose owner may no longer be here ends; its client is told to begin anew, and is refused then. Clients are
/// told at once; silos are told meanwhile, so many at a time, and one that does not answer keeps nobody's session alive.
/// </summary>
internal sealed partial class SessionWatch(
    GatewayHub hub,
    SessionDoor door,
    SessionOwners owners,
    AccountCache accounts,
    AnonymousAccess anonymous,
    IdentityAudit audit,
    TimeProvider time,
    ILogger<SessionWatch> logger)
    : BackgroundService
{
    private const int LookedUpAtOnce = 128;
    private const int ToldAtOnce = 64;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);
    private readonly ParallelOptions _lookups = new() { MaxDegreeOfParallelism = LookedUpAtOnce };
    private readonly SemaphoreSlim _telling = new(ToldAtOnce);
    private int _changed;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        accounts.Reloaded += Mark;
        using var switched = anonymous.OnChange(Mark);
        using var ticks = new PeriodicTimer(Period, time);
        try
        {
            while (await ticks.WaitForNextTickAsync(stoppingToken))
            {
                await ScanAsync(Interlocked.Exchange(ref _changed, 0) > 0);
            }
        }
        finally
        {
            accounts.Reloaded -= Mark;
        }
    }

    private void Mark() => Interlocked.Exchange(ref _changed, 1);

    private async Task ScanAsync(bool all)
    {
        var now = time.GetUtcNow();
        var due = hub.ClientSessions.Where(session => all || CallerIdentity.Of(session.User ?? Nobody)?.Caller.Expires <= now);

        // A change makes everybody looked up anew: one after the other, that would take the store's time by the number of sessions.
        await Parallel.ForEachAsync(due, _lookups, (session, _) => new ValueTask(LookAsync(session)));
    }

    private static System.Security.Claims.ClaimsPrincipal Nobody { get; } = new();

    private async Task LookAsync(LocalSession session)
    {
        try
        {
            if (await owners.RefreshAsync(session))
            {
                return;
            }

            audit.Ended(session.Id, CallerIdentity.Of(session.User!)?.Caller);
            hub.EndedBySilo(session, SessionEnd.Expired);
            _ = TellSiloAsync(session);
        }
        catch (Exception exception)
        {
            // It is looked at again at the next change; what it sees is filtered by what was known.
            Mark();
            Log.LookFailed(logger, session.Id, exception);
        }
    }

    private async Task TellSiloAsync(LocalSession session)
    {
        await _telling.WaitAsync();
        try
        {
            await door.CloseAsync(session.Tenant, session.Id, SessionEnd.Expired);
        }
        catch (Exception exception)
        {
            // To whoever brings its secret id the session is unknown all the same: its owner is looked up first.
            Log.NotTold(logger, session.Id, exception);
        }
        finally
        {
            _telling.Release();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2431, LogLevel.Warning, "Whether session {Session} may go on could not be looked up; it is tried again")]
        public static partial void LookFailed(ILogger logger, string session, Exception exception);

        [LoggerMessage(2432, LogLevel.Warning, "The silo of session {Session} was not told that it ended")]
        public static partial void NotTold(ILogger logger, string session, Exception exception);
    }
}
