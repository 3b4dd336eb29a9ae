namespace Tidings.Protocols.Smc;

/// <summary>What a frame of a client asks for.</summary>
public enum SmcRequestKind
{
    /// <summary>Nothing that can be done: <see cref="SmcRequest.Failure"/> says why.</summary>
    Invalid,

    /// <summary><c>{"context":…}</c>: a new subscription.</summary>
    Subscribe,

    /// <summary><c>{"unsubscribe":n}</c>: the end of one.</summary>
    Unsubscribe,
}

/// <summary>A frame of a client on the notification socket.</summary>
public sealed record SmcRequest
{
    /// <summary>What it asks for.</summary>
    public SmcRequestKind Kind { get; init; }

    /// <summary>Why it cannot be done, one of <see cref="SmcFailures"/>; empty if it can.</summary>
    public string Failure { get; init; } = "";

    /// <summary>The context as the client wrote it; the reply repeats it unchanged.</summary>
    public string Context { get; init; } = "";

    /// <summary>The RelNames of the context, each once; empty means all elements.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The subscription to end.</summary>
    public int SubscriptionId { get; init; }

    internal static SmcRequest Invalid(string failure) => new() { Failure = failure };
}

/// <summary>What the reader accepts. The size of the frame is the transport's to limit.</summary>
public sealed record SmcReaderLimits
{
    /// <summary>The defaults.</summary>
    public static SmcReaderLimits Default { get; } = new();

    /// <summary>RelNames in one context. Default 256.</summary>
    public int MaxNames { get; init; } = 256;
}
