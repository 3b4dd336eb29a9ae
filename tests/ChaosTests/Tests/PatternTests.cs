using Tidings.ChaosTests.Judging;

namespace Tidings.ChaosTests.Tests;

public sealed class PatternTests
{
    [Theory]
    [InlineData("/a", "/a", true)]
    [InlineData("/a", "/a/b", false)]
    [InlineData("/a/*", "/a/b", true)]
    [InlineData("/a/*", "/a", false)]
    [InlineData("/a/*", "/a/b/c", false)]
    [InlineData("/a/*", "/ab/c", false)]
    [InlineData("/a/**", "/a/b", true)]
    [InlineData("/a/**", "/a/b/c", true)]
    [InlineData("/a/**", "/a", false)]
    [InlineData("/**", "/a", true)]
    public void A_pattern_matches_what_the_specification_says(string pattern, string channel, bool matches) =>
        Assert.Equal(matches, Pattern.Matches(pattern, channel));
}
