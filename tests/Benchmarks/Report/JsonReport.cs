using System.Text.Json;

namespace Tidings.Benchmarks.Report;

/// <summary>The same figures for programs: machine, and for each row and target value, text, CPU and the step behind it.</summary>
internal static class JsonReport
{
    static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static string Write(Table table) => JsonSerializer.Serialize(
        new
        {
            table.Machine,
            Rows = table.Rows.Select(row => new
            {
                row.Name,
                row.Title,
                row.LessIsBetter,
                Targets = table.Targets.ToDictionary(target => target.Name, target => new
                {
                    Figure = table[row, target],
                    OfKestrel = table.Ratio(row, target, "kestrel"),
                    OfFaye = table.Ratio(row, target, "faye"),
                }),
            }),
        },
        Options);
}
