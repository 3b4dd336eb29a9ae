using Tidings.Benchmarks.Load;
using Tidings.Benchmarks.Targets;

namespace Tidings.Benchmarks.Rows;

/// <summary>The highest rate held with a given cast, as deliveries a second.</summary>
internal sealed class HeldRateRow(string name, string title, Cast cast, double firstRate) : IRow
{
    public string Name => name;

    public string Title => title;

    public bool LessIsBetter => false;

    public bool AppliesTo(ITarget target) => (!cast.LongPolling || target.HasLongPolling) && (!cast.SmartRest || target.HasSmartRest);

    public async Task<Cell> MeasureAsync(ITarget target, BenchmarkOptions options, Action<string> progress)
    {
        using var search = new RateSearch(() => Scene.OpenAsync(target, cast), firstRate, options, progress);
        var best = await search.RunAsync();
        return best is null
            ? Cell.NotMeasured($"no rate held: {search.LastFailure}")
            : new Cell
            {
                Value = best.HeldDeliveries,
                Text = $"{best.HeldDeliveries:N0}/s (p99 {best.P99:N0} ms)",
                ServerCpu = best.ServerCpu,
                GeneratorCpu = best.GeneratorCpu,
                Step = best,
            };
    }
}
