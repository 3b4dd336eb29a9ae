namespace Tidings;

/// <summary>
/// The channels in which the server tells its administrators of itself: everything below <c>/$SYS</c>. The server alone publishes there, and
/// the patterns <c>/**</c> and <c>/*</c> do not match them: who wants them names them (as MQTT 3.1.1 has it, section 4.7.2).
/// </summary>
public static class SystemChannels
{
    private const string Root = "/$SYS";

    /// <summary>Figures of the whole cluster, every other second while an administrator looks; in tenant <c>default</c>, for operators.</summary>
    public const string Cluster = Root + "/cluster";

    /// <summary>A tenant's audit, for its administrators.</summary>
    public const string Audit = Root + "/audit";

    /// <summary>A tenant's own figures, every other second while one of its administrators looks.</summary>
    public const string Figures = Root + "/figures";

    /// <summary>Whether a name or pattern is of these.</summary>
    public static bool Contains(string channel) =>
        channel.Length > 1 && channel[1] == '$' && channel.StartsWith(Root, StringComparison.Ordinal) && (channel.Length == Root.Length || channel[Root.Length] == '/');
}
