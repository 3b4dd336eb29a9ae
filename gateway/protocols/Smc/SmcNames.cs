using System.Buffers;

namespace Tidings.Protocols.Smc;

/// <summary>RelNames and element ids: both are single segments of a path and of a channel.</summary>
public static class SmcNames
{
    /// <summary>The longest name or id in characters.</summary>
    public const int MaxLength = 64;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>Whether it is 1 to 64 characters of <c>A-Z a-z 0-9 _ -</c>, so that no path can be smuggled in.</summary>
    public static bool IsName(ReadOnlySpan<char> name) => name.Length is > 0 and <= MaxLength && !name.ContainsAnyExcept(Allowed);
}
