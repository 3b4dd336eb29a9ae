namespace Tidings.Protocols.Bayeux;

/// <summary>Why an input as a whole could not be read.</summary>
public enum BayeuxReadFailure
{
    /// <summary>It could be read.</summary>
    None,

    /// <summary>Not JSON (RFC 8259), or not UTF-8, or nothing at all.</summary>
    Malformed,

    /// <summary>An array without messages. Old Faye clients send it over WebSocket to keep the socket alive.</summary>
    Empty,

    /// <summary>A value, alone or in the array, that is not an object.</summary>
    NotAnObject,

    /// <summary>More messages than <see cref="BayeuxReaderLimits.MaxMessages"/>.</summary>
    TooManyMessages,

    /// <summary>Nested deeper than <see cref="BayeuxReaderLimits.MaxDepth"/>.</summary>
    TooDeep,
}

/// <summary>The messages of one input, or the reason why there are none.</summary>
public readonly record struct BayeuxReadResult
{
    private readonly IReadOnlyList<BayeuxMessage>? _messages;

    internal BayeuxReadResult(IReadOnlyList<BayeuxMessage> messages) => _messages = messages;

    internal BayeuxReadResult(BayeuxReadFailure failure) => Failure = failure;

    /// <summary>The messages in the order received; empty after a failure.</summary>
    public IReadOnlyList<BayeuxMessage> Messages => _messages ?? [];

    /// <summary>What went wrong; <see cref="BayeuxReadFailure.None"/> if nothing did.</summary>
    public BayeuxReadFailure Failure { get; }

    /// <summary>Whether there are messages. Each may still carry its own <see cref="BayeuxMessage.Fault"/>.</summary>
    public bool IsSuccess => Failure == BayeuxReadFailure.None;
}
