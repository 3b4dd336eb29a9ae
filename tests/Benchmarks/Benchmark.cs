using Tidings.Benchmarks.Report;
using Tidings.Benchmarks.Rows;
using Tidings.Benchmarks.Targets;

namespace Tidings.Benchmarks;

/// <summary>One run: every chosen row on every chosen target, one after the other, each on a freshly started server.</summary>
internal sealed class Benchmark(BenchmarkOptions options, Action<string> progress)
{
    public async Task<Table> RunAsync()
    {
        var targets = Catalog.Pick(Catalog.Targets(options), options.Targets, target => target.Name);
        var rows = Catalog.Pick(Catalog.Rows, options.Rows, row => row.Name);
        var table = new Table(targets, rows, Machine.Describe(options));
        foreach (var row in rows)
        {
            foreach (var target in targets)
                table[row, target] = await MeasureAsync(row, target);
        }
        return table;
    }

    async Task<Cell> MeasureAsync(IRow row, ITarget target)
    {
        if (!row.AppliesTo(target))
            return Cell.NotMeasured("-");
        progress($"{row.Name}, {target.Name}");
        try
        {
            return await row.MeasureAsync(target, options, line => progress("  " + line));
        }
        catch (BenchmarkException failure)
        {
            progress("  " + failure.Message);
            return Cell.NotMeasured("failed: " + failure.Message.Split('\n')[0]);
        }
    }
}
