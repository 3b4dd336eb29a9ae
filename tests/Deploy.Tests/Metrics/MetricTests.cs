using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tidings.Deploy.Tests.Metrics;

/// <summary>Whatever is charted, alerted on or explained is emitted, and whatever is emitted is explained and charted.</summary>
public sealed partial class MetricTests
{
    private const string Alerts = "deploy/prometheus/alerts.yaml";
    private const string Guide = "deploy/operations.md";

    private static readonly HashSet<string> Series = [.. EmittedMetrics.All.SelectMany(static metric => metric.Series)];

    [Fact]
    public void Metrics_are_found_in_sources_and_named_as_Prometheus_does()
    {
        const string Source = """
            meter.CreateCounter<long>("tidings.a.b", "{x}", "A."); meter.CreateUpDownCounter<long>("tidings.c", "{x}", "B.");
            meter.CreateHistogram<double>("tidings.d", "s", "C."); meter.CreateObservableUpDownCounter<long>("tidings.e", Observe, "By", "D.");
            """;

        Assert.Equal(["tidings_a_b_total", "tidings_c", "tidings_d_seconds", "tidings_e_bytes"], EmittedMetrics.In(Source).Select(static metric => metric.Prometheus));
    }

    [Fact]
    public void Every_charted_metric_is_emitted_and_every_emitted_one_charted()
    {
        using var dashboard = JsonDocument.Parse(Repository.Read("deploy/grafana/tidings.json"));
        var charted = Panels(dashboard.RootElement).SelectMany(Queries).SelectMany(EmittedMetrics.NamedIn).ToHashSet();

        Assert.Empty(charted.Except(Series));
        Assert.Empty(EmittedMetrics.All.Where(metric => !metric.Series.Any(charted.Contains)).Select(static metric => metric.Name));
    }

    [Fact]
    public void Panels_have_ids_of_their_own_and_do_not_overlap()
    {
        using var dashboard = JsonDocument.Parse(Repository.Read("deploy/grafana/tidings.json"));
        var panels = Panels(dashboard.RootElement);
        var cells = panels.SelectMany(Cells).ToList();

        Assert.Equal(panels.Length, panels.Select(static panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.Equal(cells.Count, cells.Distinct().Count());
    }

    [Fact]
    public void Every_alert_asks_for_emitted_metrics_and_leads_to_a_section_of_the_guide()
    {
        var rules = Assert.Single(Yaml.Documents(Alerts)).Items("groups").SelectMany(static group => group.Items("rules")).ToList();
        var sections = Heading().Matches(Repository.Read(Guide)).Select(static match => Anchor(match.Groups[1].Value)).ToHashSet();

        Assert.NotEmpty(rules);
        Assert.Equal(rules.Count, rules.Select(static rule => rule.Text("alert")).Distinct().Count());
        Assert.All(rules, rule =>
        {
            var named = EmittedMetrics.NamedIn(rule.Text("expr")).ToList();
            Assert.NotEmpty(named);
            Assert.Empty(named.Except(Series));
            Assert.Contains(rule.Text("labels", "severity"), (string[])["warning", "critical"]);
            Assert.NotEmpty(rule.Text("annotations", "summary"));
            Assert.StartsWith(Guide + "#", rule.Text("annotations", "runbook"), StringComparison.Ordinal);
            Assert.Contains(rule.Text("annotations", "runbook").Split('#')[1], sections);
        });
    }

    [Fact]
    public void The_guide_explains_every_metric_and_no_other()
    {
        var explained = Explained().Matches(Repository.Read(Guide)).Select(static match => match.Groups[1].Value).ToList();

        Assert.Equal(explained.Count, explained.Distinct().Count());
        Assert.Equal(EmittedMetrics.All.Select(static metric => metric.Name).Order(StringComparer.Ordinal), explained.Order(StringComparer.Ordinal));
    }

    private static JsonElement[] Panels(JsonElement dashboard) => [.. dashboard.GetProperty("panels").EnumerateArray()];

    private static IEnumerable<string> Queries(JsonElement panel) =>
        panel.TryGetProperty("targets", out var targets) ? targets.EnumerateArray().Select(static target => target.GetProperty("expr").GetString()!) : [];

    private static IEnumerable<(int X, int Y)> Cells(JsonElement panel)
    {
        var place = panel.GetProperty("gridPos");
        return from x in Enumerable.Range(place.GetProperty("x").GetInt32(), place.GetProperty("w").GetInt32())
               from y in Enumerable.Range(place.GetProperty("y").GetInt32(), place.GetProperty("h").GetInt32())
               select (x, y);
    }

    /// <summary>What a heading is called in a link.</summary>
    private static string Anchor(string heading) => Punctuation().Replace(heading, "").Trim().Replace(' ', '-').ToLower(System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\s-]")]
    private static partial Regex Punctuation();

    [GeneratedRegex(@"^\| `(tidings\.[a-z_.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Explained();
}
