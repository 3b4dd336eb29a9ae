using System.Diagnostics.CodeAnalysis;

namespace Tidings;

/// <summary>What a channel's first segment makes of it (Bayeux specification, "Channels").</summary>
public enum ChannelKind
{
    /// <summary>Published messages reach every subscriber.</summary>
    Broadcast,

    /// <summary><c>/meta/…</c>: the protocol's own exchanges; never published, never subscribed to.</summary>
    Meta,

    /// <summary><c>/service/…</c>: messages reach server code only.</summary>
    Service,
}

/// <summary>
/// The grammar of channel names and patterns.
/// A name is <c>/segment(/segment)*</c>; segments hold letters and digits of ASCII, blank and <c>! # $ ( ) + - . @ _ { } ~</c>
/// (the union of what the Bayeux specification, CometD and its clients allow), none is empty, and one trailing slash is dropped.
/// A pattern is a name whose last segment is <c>*</c> (exactly one more segment) or <c>**</c> (one or more).
/// </summary>
public static class ChannelName
{
    private const string WildSuffix = "/*";
    private const string DeepWildSuffix = "/**";

    /// <summary>The pattern that matches every broadcast channel.</summary>
    public const string Everything = DeepWildSuffix;

    /// <summary>Checks a channel name as a client wrote it and gives its one canonical form.</summary>
    /// <param name="text">The name as received.</param>
    /// <param name="limits">Bounds on length and depth.</param>
    /// <param name="name">The canonical name: no trailing slash.</param>
    /// <returns>Whether <paramref name="text"/> is a channel name or a pattern.</returns>
    public static bool TryNormalize(string? text, TidingsLimits limits, [NotNullWhen(true)] out string? name)
    {
        name = null;
        if (text is null || text.Length < 2 || text.Length > limits.ChannelNameLength || text[0] != '/')
        {
            return false;
        }

        var trimmed = text[^1] == '/' ? text[..^1] : text;
        if (trimmed.Length < 2 || !HasValidSegments(trimmed, limits.ChannelDepth))
        {
            return false;
        }

        name = trimmed;
        return true;
    }

    /// <summary>Whether a canonical name is a pattern, that is, ends in a wildcard segment.</summary>
    public static bool IsPattern(string name) =>
        name.EndsWith(WildSuffix, StringComparison.Ordinal) || name.EndsWith(DeepWildSuffix, StringComparison.Ordinal);

    /// <summary>The kind of a canonical name. Whole first segments count: <c>/metadata/x</c> is a broadcast channel.</summary>
    public static ChannelKind KindOf(string name) =>
        HasFirstSegment(name, "/meta") ? ChannelKind.Meta
        : HasFirstSegment(name, "/service") ? ChannelKind.Service
        : ChannelKind.Broadcast;

    /// <summary>
    /// The patterns that match a channel, turning wildcard matching into lookups:
    /// <c>/a/b/c</c> gives <c>/a/b/*</c>, <c>/a/b/**</c>, <c>/a/**</c>, <c>/**</c>. The server's own (<see cref="SystemChannels"/>) have no <c>/**</c>.
    /// </summary>
    public static IEnumerable<string> PatternsOf(string channel)
    {
        var end = channel.LastIndexOf('/');
        yield return string.Concat(channel.AsSpan(0, end), WildSuffix);
        while (end > 0)
        {
            yield return string.Concat(channel.AsSpan(0, end), DeepWildSuffix);
            end = channel.LastIndexOf('/', end - 1);
        }

        if (!SystemChannels.Contains(channel))
        {
            yield return Everything;
        }
    }

    /// <summary>Whether a subscription (a name or a pattern) matches a channel.</summary>
    public static bool Matches(string subscription, string channel)
    {
        if (subscription.EndsWith(DeepWildSuffix, StringComparison.Ordinal))
        {
            var prefix = subscription.AsSpan(0, subscription.Length - 2);
            return channel.Length > prefix.Length && channel.AsSpan().StartsWith(prefix, StringComparison.Ordinal)
                && (prefix.Length > 1 || !SystemChannels.Contains(channel));
        }

        if (subscription.EndsWith(WildSuffix, StringComparison.Ordinal))
        {
            var prefix = subscription.AsSpan(0, subscription.Length - 1);
            return channel.Length > prefix.Length
                && channel.AsSpan().StartsWith(prefix, StringComparison.Ordinal)
                && !channel.AsSpan(prefix.Length).Contains('/');
        }

        return string.Equals(subscription, channel, StringComparison.Ordinal);
    }

    private static bool HasFirstSegment(string name, string segment) =>
        name.StartsWith(segment, StringComparison.Ordinal) && (name.Length == segment.Length || name[segment.Length] == '/');

    private static bool HasValidSegments(string name, int maxDepth)
    {
        var depth = 0;
        var start = 1;
        while (start <= name.Length)
        {
            var end = name.IndexOf('/', start);
            var last = end < 0;
            var segment = name.AsSpan(start, (last ? name.Length : end) - start);
            if (++depth > maxDepth || !IsValidSegment(segment, last))
            {
                return false;
            }

            start = last ? name.Length + 1 : end + 1;
        }

        return true;
    }

    private static bool IsValidSegment(ReadOnlySpan<char> segment, bool last)
    {
        if (segment.IsEmpty)
        {
            return false;
        }

        if (segment.Contains('*'))
        {
            return last && segment is "*" or "**";
        }

        foreach (var c in segment)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !" !#$()+-.@_{}~".Contains(c, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }
}
