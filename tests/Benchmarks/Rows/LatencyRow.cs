using Tidings.Benchmarks.Load;
using Tidings.Benchmarks.Targets;

namespace Tidings.Benchmarks.Rows;

/// <summary>Latency when there is nothing else to do: 50 publishes a second to 10 clients, after a warm-up at a higher rate.</summary>
internal sealed class LatencyRow : IRow
{
    const double Rate = 50;
    const double WarmRate = 1000;

    static readonly Cast Cast = new(Subscribers: 10, Channels: 0, Publishers: 1);

    public string Name => "latency";

    public string Title => "low rate (50/s, 10 clients), p50 / p99";

    public bool LessIsBetter => true;

    public bool AppliesTo(ITarget target) => true;

    public async Task<Cell> MeasureAsync(ITarget target, BenchmarkOptions options, Action<string> progress)
    {
        using var scene = await Scene.OpenAsync(target, Cast);
        var warm = await new Step(scene, WarmRate, options.LatencyWarmUp).RunAsync();
        if (!warm.IsClean)
            throw new BenchmarkException($"warm-up: {warm.Verdict}");
        var result = await new Step(scene, Rate, options.LatencyStep).RunAsync();
        progress($"p50 {result.P50:N2} p99 {result.P99:N2} max {result.Max:N1} ms: {result.Verdict}");
        if (!result.IsClean)
            throw new BenchmarkException(result.Verdict);
        return new Cell
        {
            Value = result.P50,
            Text = $"{result.P50:N2} / {result.P99:N2} ms",
            ServerCpu = result.ServerCpu,
            GeneratorCpu = result.GeneratorCpu,
            Step = result,
        };
    }
}
