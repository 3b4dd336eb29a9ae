namespace Tidings.Benchmarks.Wire;

/// <summary>How texts are cut out of a connection's bytes and put into them: WebSocket frames or HTTP bodies.</summary>
internal interface IFraming
{
    /// <summary>The bytes to send first (the WebSocket upgrade), or none.</summary>
    ReadOnlyMemory<byte> Preamble { get; }

    /// <summary>Takes one unit from the start of <paramref name="received"/>. May move bytes inside it, to join chunks.</summary>
    Unit Next(Span<byte> received);

    /// <summary>Wraps a text for sending.</summary>
    byte[] Wrap(ReadOnlySpan<byte> text);
}

/// <summary>What was found at the start of the received bytes.</summary>
internal enum UnitKind
{
    /// <summary>Not all of it is there yet.</summary>
    Incomplete,

    /// <summary>The conversation may begin.</summary>
    Opened,

    /// <summary>A text for the conversation.</summary>
    Text,

    /// <summary>A ping, to be answered with a pong of the same text.</summary>
    Ping,

    /// <summary>Nothing of interest.</summary>
    Ignored,

    /// <summary>The server refused, ended the connection or broke the protocol.</summary>
    Failed,
}

/// <summary>One unit: its kind, how many bytes it took, and where its text is in them.</summary>
internal readonly record struct Unit(UnitKind Kind, int Length = 0, int TextStart = 0, int TextLength = 0)
{
    public static Unit Incomplete => new(UnitKind.Incomplete);
}
