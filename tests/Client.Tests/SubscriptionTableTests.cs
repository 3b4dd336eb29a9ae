using Tidings.Client.Sessions;

namespace Tidings.Client.Tests;

public sealed class SubscriptionTableTests
{
    [Theory]
    [InlineData("/a", "/* /**")]
    [InlineData("/a/b", "/a/* /a/** /**")]
    [InlineData("/a/b/c", "/a/b/* /a/b/** /a/** /**")]
    public void Patterns_of_a_channel_are_those_that_match(string channel, string patterns) =>
        Assert.Equal(patterns.Split(' '), SubscriptionTable.PatternsOf(channel));
}
