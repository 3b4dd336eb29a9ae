namespace Tidings.Protocols.Bayeux;

/// <summary>What the reader accepts. The size of the whole input is the transport's to limit.</summary>
public sealed record BayeuxReaderLimits
{
    /// <summary>The defaults.</summary>
    public static BayeuxReaderLimits Default { get; } = new();

    /// <summary>Messages in one input. Default 1000.</summary>
    public int MaxMessages { get; init; } = 1000;

    /// <summary>Nesting of the whole input; the array around the messages counts one, a message one more. At least 2. Default 64.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Bytes of an <c>id</c> as it is on the wire, quotes included. Default 256.</summary>
    public int MaxIdBytes { get; init; } = 256;

    /// <summary>Bytes of a channel name, on the wire and in a subscription alike. Default 1024.</summary>
    public int MaxChannelLength { get; init; } = 1024;

    /// <summary>Bytes of a <c>clientId</c>. Default 256.</summary>
    public int MaxClientIdLength { get; init; } = 256;

    /// <summary>Channels in one subscription. Default 1000.</summary>
    public int MaxSubscriptions { get; init; } = 1000;

    /// <summary>Bytes of <c>ext</c>. Default 65,536.</summary>
    public int MaxExtBytes { get; init; } = 64 * 1024;

    /// <summary>Bytes of all members that Bayeux does not know, together. Default 8,192.</summary>
    public int MaxExtrasBytes { get; init; } = 8 * 1024;
}
