namespace Tidings.Gateway.Tests.ChannelNames;

/// <summary>The grammar of channel names: Bayeux specification, "Channels".</summary>
public sealed class ChannelNameTests
{
    private static readonly TidingsLimits Limits = new();

    [Theory]
    [InlineData("/a")]
    [InlineData("/a/b/c")]
    [InlineData("/foo bar/baz")]
    [InlineData("/!/#/$/(/)/+/-/./@/_/{/}/~")]
    [InlineData("/A1/z9")]
    [InlineData("/*")]
    [InlineData("/**")]
    [InlineData("/a/*")]
    [InlineData("/a/b/**")]
    public void Keeps_a_canonical_name_as_it_is(string text)
    {
        Assert.True(ChannelName.TryNormalize(text, Limits, out var name));
        Assert.Equal(text, name);
    }

    [Theory]
    [InlineData("/a/", "/a")]
    [InlineData("/a/b/", "/a/b")]
    [InlineData("/a/*/", "/a/*")]
    public void Drops_one_trailing_slash(string text, string expected)
    {
        Assert.True(ChannelName.TryNormalize(text, Limits, out var name));
        Assert.Equal(expected, name);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("a")]
    [InlineData("a/b")]
    [InlineData("//a")]
    [InlineData("/a//b")]
    [InlineData("/a//")]
    [InlineData("/a/*/b")]
    [InlineData("/**/b")]
    [InlineData("/***")]
    [InlineData("/a*")]
    [InlineData("/a/*b")]
    [InlineData("/a/b**")]
    [InlineData("/ä")]
    [InlineData("/a\u0000")]
    [InlineData("/a\n")]
    [InlineData("/a?b")]
    [InlineData("/a%2Fb")]
    [InlineData("/a\\b")]
    [InlineData("/a,b")]
    [InlineData("/a:b")]
    public void Refuses_what_the_grammar_does_not_have(string? text)
    {
        Assert.False(ChannelName.TryNormalize(text, Limits, out var name));
        Assert.Null(name);
    }

    [Fact]
    public void Takes_the_longest_name_and_refuses_one_character_more()
    {
        var longest = "/" + new string('a', Limits.ChannelNameLength - 1);

        Assert.True(ChannelName.TryNormalize(longest, Limits, out _));
        Assert.False(ChannelName.TryNormalize(longest + "a", Limits, out _));
    }

    [Fact]
    public void Takes_the_deepest_name_and_refuses_one_segment_more()
    {
        var deepest = string.Concat(Enumerable.Repeat("/a", Limits.ChannelDepth));

        Assert.True(ChannelName.TryNormalize(deepest, Limits, out _));
        Assert.False(ChannelName.TryNormalize(deepest + "/a", Limits, out _));
    }

    [Theory]
    [InlineData("/*", true)]
    [InlineData("/**", true)]
    [InlineData("/a/*", true)]
    [InlineData("/a/**", true)]
    [InlineData("/a", false)]
    [InlineData("/a/b", false)]
    public void Knows_a_pattern_by_its_last_segment(string name, bool isPattern) => Assert.Equal(isPattern, ChannelName.IsPattern(name));

    [Theory]
    [InlineData("/meta", ChannelKind.Meta)]
    [InlineData("/meta/connect", ChannelKind.Meta)]
    [InlineData("/meta/**", ChannelKind.Meta)]
    [InlineData("/metadata/x", ChannelKind.Broadcast)]
    [InlineData("/service", ChannelKind.Service)]
    [InlineData("/service/echo", ChannelKind.Service)]
    [InlineData("/services/echo", ChannelKind.Broadcast)]
    [InlineData("/a/meta/b", ChannelKind.Broadcast)]
    [InlineData("/**", ChannelKind.Broadcast)]
    public void Judges_the_kind_by_the_whole_first_segment(string name, ChannelKind kind) => Assert.Equal(kind, ChannelName.KindOf(name));

    [Fact]
    public void Lists_the_patterns_of_a_channel()
    {
        Assert.Equal(["/*", "/**"], ChannelName.PatternsOf("/a"));
        Assert.Equal(["/a/b/*", "/a/b/**", "/a/**", "/**"], ChannelName.PatternsOf("/a/b/c"));
    }

    [Theory]
    [InlineData("/a/b", "/a/b", true)]
    [InlineData("/a/b", "/a/B", false)]
    [InlineData("/a/*", "/a/b", true)]
    [InlineData("/a/*", "/a", false)]
    [InlineData("/a/*", "/a/b/c", false)]
    [InlineData("/a/*", "/ab/c", false)]
    [InlineData("/a/**", "/a/b", true)]
    [InlineData("/a/**", "/a/b/c", true)]
    [InlineData("/a/**", "/a", false)]
    [InlineData("/a/**", "/ab/c", false)]
    [InlineData("/*", "/a", true)]
    [InlineData("/*", "/a/b", false)]
    [InlineData("/**", "/a/b/c", true)]
    public void Matches_as_the_specification_says(string subscription, string channel, bool matches) =>
        Assert.Equal(matches, ChannelName.Matches(subscription, channel));
}
