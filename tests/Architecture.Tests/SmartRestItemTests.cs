using System.Text.RegularExpressions;

namespace Tidings.Architecture.Tests;

/// <summary>
/// What is known of SmartREST on the wire is a list of 80 items; tests name those they check, as <c>Item_7_…</c> or <c>Items_7_8_and_9_…</c>.
/// </summary>
public sealed partial class SmartRestItemTests
{
    [Fact]
    public void Every_item_has_a_test()
    {
        var sources = Repository.Files("tests", "*.cs").Where(static path => !path.EndsWith("/SmartRestItemTests.cs", StringComparison.Ordinal));

        Assert.Equal(Enumerable.Range(1, 80), sources.SelectMany(static path => ItemsOf(Repository.Read(path))).Distinct().Order());
    }

    [Theory]
    [InlineData("public async Task Item_7_is_kept()", new[] { 7 })]
    [InlineData("public void Items_1_2_and_34_are_kept()", new[] { 1, 2, 34 })]
    [InlineData("public void Items_of_80_are_none()", new int[0])]
    [InlineData("// Item_7_is_not_tested", new int[0])]
    public void Items_are_read_from_the_names_of_tests(string source, int[] items) => Assert.Equal(items, ItemsOf(source));

    private static IEnumerable<int> ItemsOf(string source) =>
        Test().Matches(source).SelectMany(static match => match.Groups["item"].Captures.Select(static item => int.Parse(item.Value)));

    [GeneratedRegex(@"public (async Task|void) Items?(_(and_)?(?<item>[0-9]{1,2})(?=_))+", RegexOptions.ExplicitCapture)]
    private static partial Regex Test();
}
