namespace Tidings.Conformance.Catalog;

/// <summary>The catalog as rows of a Markdown table, as they stand in the README.</summary>
static class CaseTable
{
    public static IEnumerable<string> Rows() => CaseCatalog.All.GroupBy(item => item.Number).Select(Row);

    static string Row(IGrouping<string, Case> cases)
    {
        var demand = cases.First().Demand;
        var transports = string.Concat(cases.Select(item => item.Transport.ToString()[0]));
        return $"| {cases.Key} | {demand.Words} | {transports} | {Condition(demand)} |";
    }

    static string Condition(CaseAttribute demand) => (demand.Profile, demand.Needs) switch
    {
        (Profile.Default, Needs.None) => "",
        (Profile.Default, var needs) => needs.ToString(),
        (var profile, Needs.None) => profile.ToString(),
        var (profile, needs) => $"{profile}, {needs}",
    };
}
