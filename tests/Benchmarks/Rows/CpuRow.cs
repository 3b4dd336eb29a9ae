using Tidings.Benchmarks.Load;
using Tidings.Benchmarks.Targets;

namespace Tidings.Benchmarks.Rows;

/// <summary>What a delivery costs the server at a rate that is well held: CPU time, which neighbours on the machine disturb far less than a held rate.</summary>
internal sealed class CpuRow(string name, string title, Cast cast, double rate) : IRow
{
    public string Name => name;

    public string Title => title;

    public bool LessIsBetter => true;

    public bool AppliesTo(ITarget target) => true;

    public async Task<Cell> MeasureAsync(ITarget target, BenchmarkOptions options, Action<string> progress)
    {
        using var scene = await Scene.OpenAsync(target, cast);
        var warm = await new Step(scene, rate, options.LatencyWarmUp).RunAsync();
        if (!warm.IsClean)
            throw new BenchmarkException($"warm-up: {warm.Verdict}");
        var result = await new Step(scene, rate, options.LatencyStep).RunAsync();
        var cost = result.ServerCpu / 100 * 1e6 / result.Delivered;
        progress($"{cost:N3} µs a delivery, p99 {result.P99:N1} ms: {result.Verdict}");
        if (!result.IsClean)
            throw new BenchmarkException(result.Verdict);
        return new Cell
        {
            Value = cost,
            Text = $"{cost:N3} µs (p99 {result.P99:N0} ms)",
            ServerCpu = result.ServerCpu,
            GeneratorCpu = result.GeneratorCpu,
            Step = result,
        };
    }
}
