using Tidings.Conformance.Catalog;
using Tidings.Conformance.Sites;

namespace Tidings.Conformance.Tests;

/// <summary>The catalog itself is in order.</summary>
public sealed class CatalogTests
{
    [Fact]
    public void Every_case_has_a_name_of_its_own()
    {
        var twice = CaseCatalog.All.GroupBy(item => item.Name).Where(group => group.Count() > 1).Select(group => group.Key);
        Assert.Empty(twice);
    }

    [Fact]
    public void The_readme_lists_every_case_with_its_words()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Conformance", "README.md"));
        var missing = CaseTable.Rows().Where(row => !readme.Contains(row, StringComparison.Ordinal));
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_known_deviation_of_Faye_is_of_a_case_that_Faye_is_judged_on()
    {
        var judged = new FayeSite().Cases.Select(item => item.Number).ToHashSet();
        Assert.Subset(judged, FayeDeviations.Known.Numbers.ToHashSet());
    }
}
