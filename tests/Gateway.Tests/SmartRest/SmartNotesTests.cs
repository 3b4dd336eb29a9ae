using Tidings.Gateway.SmartRest;

namespace Tidings.Gateway.Tests.SmartRest;

public sealed class SmartNotesTests
{
    private readonly SmartNotes _notes = new SmartNotes([]).With("/a/*", ["x", "own"]).With("/a/b", ["y"]);

    [Theory]
    [InlineData("/a/b", new[] { "own", "x", "y" })]
    [InlineData("/a/c", new[] { "own", "x" })]
    [InlineData("/c", new[] { "own" })]
    public void Item_49_a_channel_is_matched_with_the_X_Ids_of_its_subscriptions_the_requests_own_first(string channel, string[] xids) =>
        Assert.Equal(xids, _notes.For(channel, "own"));

    [Fact]
    public void Item_50_a_repeated_subscription_replaces_its_X_Ids()
    {
        Assert.Equal(["own", "z"], _notes.With("/a/*", ["z"]).For("/a/c", "own"));
        Assert.Equal(["own"], _notes.With("/a/*", []).For("/a/c", "own"));
    }

    [Fact]
    public void Notes_are_read_as_they_were_written()
    {
        var read = SmartNotes.Of(new SessionDescription { Protocol = "smartrest", Lifetime = TimeSpan.FromSeconds(1), Notes = _notes.ToBytes() });

        Assert.Equal(_notes.For("/a/b", "own"), read.For("/a/b", "own"));
    }
}
