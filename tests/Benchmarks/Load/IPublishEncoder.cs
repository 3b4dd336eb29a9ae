namespace Tidings.Benchmarks.Load;

/// <summary>Writes publishes of one target in wire format, many into one send.</summary>
internal interface IPublishEncoder
{
    /// <summary>Adds one stamped message for the channel with this number.</summary>
    void Add(int channel, long due, int sequence);

    /// <summary>The bytes to send for all messages added since the last call.</summary>
    ReadOnlySpan<byte> Take();
}
