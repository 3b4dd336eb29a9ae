namespace Tidings.Gateway.Authorization;

/// <summary>Channel names and patterns that a rule lists.</summary>
internal sealed class PatternSet(IEnumerable<string> names)
{
    private const string DeepWild = "**";
    private readonly HashSet<string> _names = new(names, StringComparer.Ordinal);

    public bool Any => _names.Count > 0;

    public bool CoversEverything { get; } = names.Contains(ChannelName.Everything);

    /// <summary>Whether a channel is listed or matches a pattern that is: a lookup for each of the channel's patterns.</summary>
    public bool Matches(string channel) =>
        CoversEverything || (Any && (_names.Contains(channel) || ChannelName.PatternsOf(channel).Any(_names.Contains)));

    /// <summary>Whether there can be a channel that both a pattern and this set match. Two patterns of this grammar contain one another or have nothing in common.</summary>
    public bool Meets(string pattern) => CoversEverything || _names.Any(name => Contains(name, pattern) || Contains(pattern, name));

    /// <summary>Whether a name or pattern matches everything that another does.</summary>
    internal static bool Contains(string outer, string inner) =>
        outer == inner
        || (ChannelName.IsPattern(inner)
            ? outer.EndsWith("/" + DeepWild, StringComparison.Ordinal) && inner.AsSpan().StartsWith(outer.AsSpan(0, outer.Length - DeepWild.Length), StringComparison.Ordinal)
            : ChannelName.Matches(outer, inner));
}
