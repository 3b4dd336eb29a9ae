using System.Diagnostics;

namespace Tidings.Cluster.Tests.Processes;

/// <summary>Waits for conditions, and says what was missing when they do not come.</summary>
static class Eventually
{
    static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the answer is yes.</summary>
    /// <param name="condition">Asked again every 50 ms.</param>
    /// <param name="missing">Completes the sentence "Missing after 30 s: ..."; made only on failure.</param>
    /// <param name="timeout">30 s by default.</param>
    /// <exception cref="TimeoutException">The time passed.</exception>
    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> missing, TimeSpan? timeout = null)
    {
        var limit = timeout ?? TimeSpan.FromSeconds(30);
        var clock = Stopwatch.StartNew();
        using var ticks = new PeriodicTimer(Period);
        while (!await condition())
        {
            if (clock.Elapsed > limit)
                throw new TimeoutException($"Missing after {limit.TotalSeconds} s: {missing()}");
            await ticks.WaitForNextTickAsync();
        }
    }

    public static Task TrueAsync(Func<bool> condition, Func<string> missing, TimeSpan? timeout = null) =>
        TrueAsync(() => Task.FromResult(condition()), missing, timeout);
}
