namespace Tidings.Benchmarks.Load;

/// <summary>
/// Finds the highest publish rate that is held: doubles with short steps until one fails, confirms the last rate that held with
/// a full step (or halves it), and bisects with full steps. A rate has failed when it failed its retry too, because what else runs on the machine only ever makes figures worse.
/// After a step with losses the target is started anew.
/// </summary>
internal sealed class RateSearch(Func<Task<Scene>> open, double firstRate, BenchmarkOptions options, Action<string> progress) : IDisposable
{
    const double LowestRate = 1;
    const int WarmUps = 4;

    Scene? _scene;

    /// <summary>The best step, or null when no rate was held; then <see cref="LastFailure"/> says why.</summary>
    public async Task<StepResult?> RunAsync()
    {
        if (options.Rate is { } fixedRate)
            return await LookAsync(fixedRate);
        var high = await DoubleAsync();
        var (low, best) = await ConfirmAsync(high / 2);
        high = Math.Min(high, low * 2);
        while (best is not null && high / low > options.Precision)
        {
            var rate = (low + high) / 2;
            var result = await TryAsync(rate, options.FullStep);
            if (result.Held)
                (low, best) = (rate, result);
            else
                high = rate;
        }
        return best;
    }

    /// <summary>Why the last failed step failed.</summary>
    public string LastFailure { get; private set; } = "";

    public void Dispose() => _scene?.Dispose();

    /// <summary>One rate alone, after as much warm-up as a search has behind it when it comes to an end; for comparing builds.</summary>
    async Task<StepResult?> LookAsync(double rate)
    {
        for (var step = 0; step < WarmUps; step++)
            await StepAsync(rate / (WarmUps - step), options.FullStep);
        var result = await StepAsync(rate, options.FullStep);
        return result.Held ? result : null;
    }

    /// <summary>The first rate of the doubling that is not held.</summary>
    async Task<double> DoubleAsync()
    {
        var rate = firstRate;
        while ((await TryAsync(rate, options.ShortStep)).Held)
            rate *= 2;
        return rate;
    }

    /// <summary>The rate, or the first of its halves, that holds a full step: a short step forgives a backlog that grows slowly.</summary>
    async Task<(double Rate, StepResult? Result)> ConfirmAsync(double rate)
    {
        for (; rate >= LowestRate; rate /= 2)
        {
            var result = await TryAsync(rate, options.FullStep);
            if (result.Held)
                return (rate, result);
        }
        return (rate, null);
    }

    async Task<StepResult> TryAsync(double rate, StepTimes times)
    {
        var result = await StepAsync(rate, times);
        for (var left = options.Retries; left > 0 && !result.Held; left--)
            result = await StepAsync(rate, times);
        return result;
    }

    async Task<StepResult> StepAsync(double rate, StepTimes times)
    {
        _scene ??= await open();
        var result = await new Step(_scene, rate, times).RunAsync();
        progress($"{rate,10:N0}/s -> {result.Delivered,12:N0} deliveries/s, p50 {result.P50:N1} p99 {result.P99:N1} ms, " +
            $"cpu {result.ServerCpu:N0}% + {result.GeneratorCpu:N0}%: {result.Verdict}");
        if (!result.Held)
            LastFailure = result.Verdict;
        if (!result.IsClean)
        {
            _scene.Dispose();
            _scene = null;
        }
        return result;
    }
}
