namespace Tidings.Gateway.Hosting;

/// <summary>Forgets callers, log-ins and refusals that have been quiet: one scan instead of a timer for each.</summary>
internal sealed class RateSweeper(RateBook book, LoginThrottle throttle, Audit audit, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                book.Sweep();
                throttle.Sweep();
                audit.Sweep();
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }
}
