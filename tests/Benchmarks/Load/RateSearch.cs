namespace Tidings.Benchmarks.Load;

/// <summary>
/// Finds the highest publish rate that is held: doubles with short steps until one fails, bisects with full steps, and accepts only a rate
/// that held a full step. After a step with losses the target is started anew.
/// </summary>
internal sealed class RateSearch(Func<Task<Scene>> open, double firstRate, BenchmarkOptions options, Action<string> progress) : IDisposable
{
    // A rate this much lower is tried when not even the last good rate of the doubling holds a full step.
    const double Retreat = 0.8;

    const double LowestRate = 1;

    Scene? _scene;

    /// <summary>The best step, or null when no rate was held; then <see cref="LastFailure"/> says why.</summary>
    public async Task<StepResult?> RunAsync()
    {
        var (low, high) = await DoubleAsync();
        StepResult? best = null;
        while (high / low > options.Precision && low >= LowestRate)
        {
            var rate = (low + high) / 2;
            var result = await TryAsync(rate, options.FullStep);
            if (result.Held)
                (low, best) = (rate, result);
            else
                high = rate;
        }
        for (; best is null && low >= LowestRate; low *= Retreat)
        {
            var result = await TryAsync(low, options.FullStep);
            best = result.Held ? result : null;
        }
        return best;
    }

    /// <summary>Why the last failed step failed.</summary>
    public string LastFailure { get; private set; } = "";

    public void Dispose() => _scene?.Dispose();

    async Task<(double Low, double High)> DoubleAsync()
    {
        var rate = firstRate;
        while ((await TryAsync(rate, options.ShortStep)).Held)
            rate *= 2;
        return rate > firstRate ? (rate / 2, rate) : await HalveAsync(rate);
    }

    async Task<(double Low, double High)> HalveAsync(double rate)
    {
        while (rate >= LowestRate)
        {
            rate /= 2;
            if ((await TryAsync(rate, options.ShortStep)).Held)
                return (rate, rate * 2);
        }
        return (rate, rate);
    }

    async Task<StepResult> TryAsync(double rate, StepTimes times)
    {
        _scene ??= await open();
        var result = new Step(_scene, rate, times).Run();
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
