namespace Tidings.Gateway.Tests.Server;

/// <summary>Waits for a condition that no event tells.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static Task TrueAsync(Func<bool> condition, string missing) => TrueAsync(() => Task.FromResult(condition()), missing);

    public static async Task TrueAsync(Func<Task<bool>> condition, string missing, TimeSpan? patient = null)
    {
        using var patience = new CancellationTokenSource(patient ?? Patience);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (!await condition())
            {
                await ticks.WaitForNextTickAsync(patience.Token);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException(missing);
        }
    }
}
