namespace Tidings.Protocols.SmartRest;

/// <summary>What a client is to do after a response.</summary>
public enum ReconnectPolicy
{
    /// <summary>Nothing is said; the client keeps to what it was told before.</summary>
    Unsaid,

    /// <summary>Ask again.</summary>
    Retry,

    /// <summary>Open a new session: this one is unknown here.</summary>
    Handshake,

    /// <summary>Do not ask again.</summary>
    None,
}

/// <summary>The advice row, <c>86</c>. A value that is null is left empty and changes nothing at the client.</summary>
/// <param name="Timeout">How long a connect is held, in milliseconds.</param>
/// <param name="Interval">How long the client waits before its next connect, in milliseconds.</param>
/// <param name="Policy">What it does then.</param>
public readonly record struct RealtimeAdvice(long? Timeout, long? Interval, ReconnectPolicy Policy)
{
    /// <summary>The session is unknown: open a new one.</summary>
    public static RealtimeAdvice Handshake { get; } = new(null, null, ReconnectPolicy.Handshake);
}
