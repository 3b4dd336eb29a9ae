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
            await MeasureAsync(table, row, targets);
        }
        return table;
    }

    /// <summary>Targets in turn, so that what else runs on the machine disturbs all of them alike.</summary>
    async Task MeasureAsync(Table table, IRow row, IReadOnlyList<ITarget> targets)
    {
        var cells = targets.ToDictionary(target => target, _ => new List<Cell>());
        for (var time = 0; time < options.Times; time++)
        {
            foreach (var target in targets)
                cells[target].Add(await MeasureAsync(row, target));
        }
        foreach (var target in targets)
            table[row, target] = Middle(cells[target], row.LessIsBetter);
    }

    static Cell Middle(List<Cell> cells, bool lessIsBetter)
    {
        var figures = cells.Where(cell => cell.Value is not null).OrderBy(cell => lessIsBetter ? cell.Value : -cell.Value).ToList();
        if (cells.Count == 1 || figures.Count == 0)
            return cells[0];
        var middle = figures[(figures.Count - 1) / 2];
        return middle with { Text = $"{middle.Text} of {string.Join(", ", figures.Select(cell => $"{cell.Value:#,0.###}"))}" };
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
