namespace Tidings.Benchmarks.Load;

/// <summary>Writes publishes of one target in wire format, many into one send.</summary>
internal interface IPublishEncoder
{
    /// <summary>How many messages at most go into one send when the publisher is behind its schedule.</summary>
    int LargestBatch { get; }

    /// <summary>Adds one stamped message for the channel with this number.</summary>
    void Add(int channel, long due, int sequence);

    /// <summary>The bytes to send for all messages added since the last call.</summary>
    ReadOnlySpan<byte> Take();
}
