using System.Text.RegularExpressions;

namespace Tidings.Deploy.Tests.Metrics;

/// <summary>A metric that the sources make.</summary>
/// <param name="Kind">The instrument, such as <c>Counter</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Unit">Its unit, as UCUM has it.</param>
internal sealed record EmittedMetric(string Kind, string Name, string Unit)
{
    /// <summary>
    /// The name that Prometheus gives it (OpenTelemetry's "Prometheus and OpenMetrics Compatibility"): units in braces are notes and left out,
    /// what only rises ends with <c>_total</c>.
    /// </summary>
    public string Prometheus => Name.Replace('.', '_')
        + Unit switch { "s" => "_seconds", "ms" => "_milliseconds", "By" => "_bytes", "1" when Kind.EndsWith("Gauge", StringComparison.Ordinal) => "_ratio", _ => "" }
        + (Kind is "Counter" or "ObservableCounter" ? "_total" : "");

    /// <summary>The series that queries may name.</summary>
    public IEnumerable<string> Series => Kind == "Histogram" ? [Prometheus + "_bucket", Prometheus + "_sum", Prometheus + "_count"] : [Prometheus];
}

/// <summary>The metrics that the sources make.</summary>
internal static partial class EmittedMetrics
{
    public static IReadOnlyList<EmittedMetric> All { get; } = [.. Repository.Sources().SelectMany(In)];

    public static IEnumerable<EmittedMetric> In(string source) =>
        Creation().Matches(source).Select(static match => new EmittedMetric(match.Groups["kind"].Value, match.Groups["name"].Value, match.Groups["unit"].Value));

    /// <summary>Names of ours in a query.</summary>
    public static IEnumerable<string> NamedIn(string query) => Series().Matches(query).Select(static match => match.Value);

    [GeneratedRegex("""Create(?<kind>(?:Observable)?(?:Counter|UpDownCounter|Gauge)|Histogram)<\w+>\(\s*"(?<name>tidings\.[^"]+)"(?:(?:,[^"()]*?)?,\s*(?:unit: )?"(?<unit>[^"]*)")?""")]
    private static partial Regex Creation();

    [GeneratedRegex("tidings_[a-z0-9_]+")]
    private static partial Regex Series();
}
