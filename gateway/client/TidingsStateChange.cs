namespace Tidings.Client;

/// <summary>Where a client stands.</summary>
public enum TidingsState
{
    /// <summary>It has no connection, or none yet, and tries to get one.</summary>
    Connecting,

    /// <summary>It has a session, and its subscriptions are in force.</summary>
    Connected,

    /// <summary>It has ended and does not come back.</summary>
    Closed,
}

/// <summary>A change of a client's state, or another attempt that failed.</summary>
/// <param name="State">The state now.</param>
/// <param name="Transport">The connection type, <c>websocket</c> or <c>long-polling</c>, where connected; otherwise null.</param>
/// <param name="Reason">Why the connection was lost or could not be made; null where connected.</param>
public sealed record TidingsStateChange(TidingsState State, string? Transport, string? Reason);

/// <summary>Messages that this client cannot get any more, as logs are bounded.</summary>
/// <param name="Channel">The channel; a pattern where a new session had to begin, and nobody knows what its channels had meanwhile.</param>
/// <param name="ResumedAt">The offset with which it goes on; null if that is not known.</param>
public sealed record TidingsGap(string Channel, long? ResumedAt);
