namespace Tidings.ChaosTests.Judging;

/// <summary>Channel patterns of the Bayeux specification (section 2.1): <c>*</c> is one more segment, <c>**</c> one or more.</summary>
static class Pattern
{
    public static bool Matches(string pattern, string channel)
    {
        if (pattern.EndsWith("/**", StringComparison.Ordinal))
            return IsBelow(pattern[..^2], channel);
        if (pattern.EndsWith("/*", StringComparison.Ordinal))
            return IsBelow(pattern[..^1], channel) && channel.IndexOf('/', pattern.Length - 1) < 0;
        return pattern == channel;
    }

    static bool IsBelow(string folder, string channel) =>
        channel.Length > folder.Length && channel.StartsWith(folder, StringComparison.Ordinal);
}
