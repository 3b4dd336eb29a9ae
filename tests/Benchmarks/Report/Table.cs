using Tidings.Benchmarks.Rows;
using Tidings.Benchmarks.Targets;

namespace Tidings.Benchmarks.Report;

/// <summary>The figures of a run.</summary>
internal sealed class Table(IReadOnlyList<ITarget> targets, IReadOnlyList<IRow> rows, Machine machine)
{
    readonly Dictionary<(IRow, ITarget), Cell> _cells = [];

    public IReadOnlyList<ITarget> Targets => targets;

    public IReadOnlyList<IRow> Rows => rows;

    public Machine Machine => machine;

    public Cell this[IRow row, ITarget target]
    {
        get => _cells.GetValueOrDefault((row, target)) ?? Cell.NotMeasured("-");
        set => _cells[(row, target)] = value;
    }

    /// <summary>A target's figure as a multiple of another's, or null when one of them has none.</summary>
    public double? Ratio(IRow row, ITarget target, string to)
    {
        var other = targets.FirstOrDefault(candidate => candidate.Name == to);
        return other is null || other == target || this[row, other].Value is not > 0 ? null : this[row, target].Value / this[row, other].Value;
    }
}
