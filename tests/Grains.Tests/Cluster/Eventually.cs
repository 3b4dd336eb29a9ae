using System.Diagnostics;

namespace Tidings.Grains.Cluster;

/// <summary>Waits for a condition; a timeout says what was missing.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static Task Is(Func<bool> condition, string missing) => Is(condition, () => missing);

    public static Task Is(Func<bool> condition, Func<string> missing) => Is(() => Task.FromResult(condition()), missing);

    public static async Task Is(Func<Task<bool>> condition, Func<string> missing)
    {
        var watch = Stopwatch.StartNew();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Patience, $"Still missing after {Patience.TotalSeconds} s: {missing()}");
            await ticks.WaitForNextTickAsync();
        }
    }
}
