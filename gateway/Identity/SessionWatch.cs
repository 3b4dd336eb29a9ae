using Tidings.Gateway.Identity.Accounts;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Identity;

/// <summary>
/// Sessions follow their owners: whenever accounts or rules change, each session held here is looked at again, and twice a second those
/// whose proof ends by itself. One whose owner may no longer be here ends; its client is told to begin anew, and is refused then.
/// </summary>
internal sealed partial class SessionWatch(
    GatewayHub hub, SessionDoor door, SessionOwners owners, AccountCache accounts, IdentityAudit audit, TimeProvider time, ILogger<SessionWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);
    private int _changed;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        accounts.Reloaded += Mark;
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
        foreach (var session in hub.Sessions)
        {
            if (all || CallerIdentity.Of(session.User ?? Nobody)?.Caller.Expires <= now)
            {
                await LookAsync(session);
            }
        }
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

            audit.Ended(session.Id, CallerIdentity.Of(session.User!)!.Caller);
            await door.CloseAsync(session.Tenant, session.Id, SessionEnd.Expired);
        }
        catch (Exception exception)
        {
            // It is looked at again at the next change; what it sees is filtered by what was known.
            Mark();
            Log.LookFailed(logger, session.Id, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2431, LogLevel.Warning, "Whether session {Session} may go on could not be looked up; it is tried again")]
        public static partial void LookFailed(ILogger logger, string session, Exception exception);
    }
}
