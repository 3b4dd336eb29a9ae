namespace Tidings.Grains.Streams;

/// <summary>Where this silo's events go. Those of other silos come by its stream, its own need not.</summary>
internal interface ISiloEvents
{
    /// <summary>This silo, as its stream is named.</summary>
    string Silo { get; }

    /// <summary>Takes batches in order. Never throws and never waits.</summary>
    void Deliver(params ReadOnlySpan<ChannelBatch> batches);
}
