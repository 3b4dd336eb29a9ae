using System.Globalization;
using System.Text;
using Tidings.Benchmarks.Rows;
using Tidings.Benchmarks.Targets;

namespace Tidings.Benchmarks.Report;

/// <summary>The table as Markdown: a figure a cell, its ratios and the CPU behind it below.</summary>
internal static class MarkdownReport
{
    static readonly string[] References = ["kestrel", "faye", "standalone"];

    public static string Write(Table table)
    {
        var text = new StringBuilder();
        Line(text, "", table.Targets.Select(target => target.Name));
        Line(text, "---", table.Targets.Select(_ => "---"));
        foreach (var row in table.Rows)
            Line(text, row.Title, table.Targets.Select(target => CellText(table, row, target)));
        WriteNotes(text, table);
        return text.ToString();
    }

    static void Line(StringBuilder text, string first, IEnumerable<string> cells) =>
        text.AppendLine(CultureInfo.InvariantCulture, $"| {first} | {string.Join(" | ", cells)} |");

    static string CellText(Table table, IRow row, ITarget target)
    {
        var cell = table[row, target];
        var lines = new List<string> { cell.Text.Replace('|', '/') };
        foreach (var reference in References)
        {
            if (table.Ratio(row, target, reference) is { } ratio)
                lines.Add($"{ratio:N2} of {reference}");
        }
        if (cell.ServerCpu is { } servers)
            lines.Add($"cpu {servers:N0}% + {cell.GeneratorCpu:N0}%");
        return string.Join("<br>", lines);
    }

    static void WriteNotes(StringBuilder text, Table table)
    {
        var machine = table.Machine;
        text.AppendLine();
        foreach (var target in table.Targets)
            text.AppendLine(CultureInfo.InvariantCulture, $"- {target.Name}: {target.Description}");
        text.AppendLine("- held: nothing lost, doubled or out of order, 90% of the rate delivered, p99 under 250 ms; 100-byte payload");
        text.AppendLine("- cpu: server processes + generator, in percent of one core; all share this machine");
        text.AppendLine(CultureInfo.InvariantCulture, $"- {machine.Processor}, {machine.Cores} cores, {machine.Platform}, load before {machine.LoadBefore}");
        text.AppendLine(CultureInfo.InvariantCulture, $"- {machine.Date}, `{machine.Command}`, open files {machine.OpenFiles}");
        text.AppendLine("- " + string.Join("; ", machine.Versions.Select(version => $"{version.Key} {version.Value}")));
    }
}
