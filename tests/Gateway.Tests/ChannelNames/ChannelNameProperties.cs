using FsCheck;
using FsCheck.Fluent;

namespace Tidings.Gateway.Tests.ChannelNames;

/// <summary>Matching and looking up must agree, or a publish would miss subscribers.</summary>
public sealed class ChannelNameProperties
{
    /// <summary>Few segments, one a prefix of another, so that near misses are common.</summary>
    private static readonly Gen<string> Channels = Gen.Elements("/a", "/ab", "/b")
        .NonEmptyListOf()
        .Where(static segments => segments.Count <= 5)
        .Select(static segments => string.Concat(segments));

    private static readonly Gen<string> Subscriptions =
        from channel in Channels
        from ending in Gen.Elements("", "/*", "/**")
        from bare in Gen.Elements(true, false)
        select bare && ending.Length > 0 ? ending : channel + ending;

    [Fact]
    public void A_pattern_matches_a_channel_exactly_if_it_is_listed_for_it()
    {
        var pairs = (from subscription in Subscriptions from channel in Channels select (subscription, channel)).ToArbitrary();

        Prop.ForAll(
            pairs,
            static pair => ChannelName.Matches(pair.subscription, pair.channel)
                == (pair.subscription == pair.channel || ChannelName.PatternsOf(pair.channel).Contains(pair.subscription)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Fact]
    public void No_pattern_is_listed_twice() =>
        Prop.ForAll(Channels.ToArbitrary(), static channel => ChannelName.PatternsOf(channel).Distinct().Count() == ChannelName.PatternsOf(channel).Count())
            .Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Normalizing_twice_changes_nothing()
    {
        var limits = new TidingsLimits();
        var texts = Gen.Elements('/', 'a', '*', ' ', 'ä', '.').ArrayOf().Select(static characters => new string(characters)).ToArbitrary();

        Prop.ForAll(
            texts,
            text => !ChannelName.TryNormalize(text, limits, out var once) || (ChannelName.TryNormalize(once, limits, out var twice) && twice == once))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }
}
