namespace Tidings.Gateway.Sessions;

/// <summary>
/// What happens when a session's window (<see cref="TidingsLimits.PendingMessagesPerSession"/>, <see cref="TidingsLimits.PendingBytesPerSession"/>)
/// has no room for a channel's message, in configuration section <c>Tidings:Windows</c>. For all tenants; read at the start.
/// </summary>
public sealed record WindowOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Tidings:Windows";

    /// <summary>Rules for channels; the first that matches a channel counts. Default none: every session goes back to the log.</summary>
    public IReadOnlyList<WindowRule> Rules { get; init; } = [];
}

/// <summary>A rule for some channels.</summary>
public sealed record WindowRule
{
    /// <summary>A channel, or a pattern of channels such as <c>/prices/**</c>.</summary>
    public string Channels { get; init; } = "";

    /// <summary>What is done when the window has no room. Default <see cref="WhenFull.ReadLog"/>.</summary>
    public WhenFull WhenFull { get; init; }
}

/// <summary>What is done when a session's window has no room for a message. It concerns clients that are slow: one that was away reads the log.</summary>
public enum WhenFull
{
    /// <summary>Nothing is lost: what waits is let go of, and the session reads on from the log when its client takes messages again.</summary>
    ReadLog,

    /// <summary>
    /// The oldest messages that wait under the same rule are dropped, an eighth of a window at a time. The client is told of the gap, in its
    /// protocol's way. Where that makes no room, as with <see cref="ReadLog"/>.
    /// </summary>
    DropOldest,

    /// <summary>As <see cref="DropOldest"/>, but of each channel under the same rule all messages except the latest are dropped.</summary>
    KeepLatest,

    /// <summary>The session ends as if unknown (<see cref="SessionEnd.TooSlow"/>), and its socket is closed (1008 with Bayeux): its client is to begin anew.</summary>
    EndSession,
}
