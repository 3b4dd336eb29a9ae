using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests;

/// <summary>Which channels there are, and who subscribes to what.</summary>
static class Scene
{
    /// <summary>Channels from the start; every third has two publishers.</summary>
    public static IReadOnlyList<string> Channels { get; } =
    [
        .. Enumerable.Range(1, 10).Select(n => $"/x/{n}"),
        .. Enumerable.Range(1, 5).Select(n => $"/x/deep/{n}"),
        .. Enumerable.Range(1, 5).Select(n => $"/y/{n}"),
    ];

    /// <summary>Channels that are first used in the middle of the run: nobody can have known them before.</summary>
    public static IReadOnlyList<string> LateChannels { get; } = ["/x/late", "/x/deep/late"];

    /// <summary>Channels and pairs of a channel and its second publisher.</summary>
    public static int Lanes => Channels.Count + Channels.Where((_, i) => HasTwoPublishers(i)).Count() + LateChannels.Count;

    public static bool HasTwoPublishers(int channel) => channel % 3 == 0;

    /// <summary>What the n-th session of a kind subscribes to: names, both wildcards, and overlapping ones.</summary>
    public static IReadOnlyList<string> PatternsOf(int n, SessionKind kind) => kind.Replays
        ? [Name(n), Name(n + 7), Name(n + 13)]
        : (n % 5) switch
        {
            0 => [Name(n), Name(n + 7), Name(n + 13)],
            1 => ["/x/*"],
            2 => ["/x/**"],
            3 => [Channels[0], "/x/*", "/x/**", "/x/deep/*"],
            _ => [Name(n), "/y/*"],
        };

    static string Name(int n) => Channels[n % Channels.Count];
}
