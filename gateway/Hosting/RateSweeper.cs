namespace Tidings.Gateway.Hosting;

/// <summary>Forgets callers and log-ins that have been quiet: one scan instead of a timer for each.</summary>
internal sealed class RateSweeper(RateBook book, LoginThrottle throttle, TimeProvider time) : BackgroundService
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
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }
}
