namespace Tidings.Benchmarks.Wire;

/// <summary>Looks for what no event tells.</summary>
internal static class Eventually
{
    /// <summary>Looks again and again until it is so, or the time is up.</summary>
    /// <returns>Whether it came to be.</returns>
    public static async Task<bool> IsAsync(Func<Task<bool>> condition, TimeSpan every, CancellationToken cancellationToken)
    {
        using var ticks = new PeriodicTimer(every);
        try
        {
            while (!await condition())
                await ticks.WaitForNextTickAsync(cancellationToken);
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <inheritdoc cref="IsAsync(Func{Task{bool}}, TimeSpan, CancellationToken)"/>
    public static Task<bool> IsAsync(Func<bool> condition, TimeSpan every) =>
        IsAsync(() => Task.FromResult(condition()), every, CancellationToken.None);
}
