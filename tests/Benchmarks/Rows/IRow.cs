using Tidings.Benchmarks.Targets;

namespace Tidings.Benchmarks.Rows;

/// <summary>One row of the table: a question asked of every target.</summary>
internal interface IRow
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>The first cell of the row.</summary>
    string Title { get; }

    /// <summary>True when a smaller figure is better: memory, latency.</summary>
    bool LessIsBetter { get; }

    bool AppliesTo(ITarget target);

    /// <summary>Measures a target; throws <see cref="BenchmarkException"/> when it cannot.</summary>
    Task<Cell> MeasureAsync(ITarget target, BenchmarkOptions options, Action<string> progress);
}

/// <summary>One figure of the table.</summary>
internal sealed record Cell
{
    /// <summary>The number that ratios are made of, in the row's unit; null when there is none.</summary>
    public double? Value { get; init; }

    /// <summary>The figure as printed.</summary>
    public required string Text { get; init; }

    /// <summary>CPU of the server processes in percent of one core, where it was measured under load.</summary>
    public double? ServerCpu { get; init; }

    /// <summary>CPU of the generator in percent of one core.</summary>
    public double? GeneratorCpu { get; init; }

    /// <summary>The step behind the figure, where there is one.</summary>
    public Load.StepResult? Step { get; init; }

    public static Cell NotMeasured(string why) => new() { Text = why };
}
