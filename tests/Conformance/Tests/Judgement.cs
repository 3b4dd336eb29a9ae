using Tidings.Conformance.Catalog;

namespace Tidings.Conformance.Tests;

/// <summary>The rows of a site's cases, and the check that an outcome is the expected one.</summary>
static class Judgement
{
    public static TheoryData<string, string> Rows(IEnumerable<Case> cases)
    {
        var rows = new TheoryData<string, string>();
        foreach (var item in cases)
            rows.Add(item.Name, item.Demand.Words);
        return rows;
    }

    public static async Task CheckAsync(ConformanceRun run, string name)
    {
        var outcome = await run.OutcomeAsync(name);
        Assert.True(outcome.AsExpected, outcome.Failure ?? $"meets the case though it is known to deviate: {outcome.Reason}");
    }
}
