namespace Tidings.Grains.Streams;

/// <summary>Where this silo's events go. Those of other silos come by its stream, its own need not.</summary>
internal interface ISiloEvents
{
    /// <summary>This silo, as its stream is named.</summary>
    string Silo { get; }

    /// <summary>Takes batches in order. Never throws and never waits.</summary>
    /// <param name="sentAt">When they were sent (<see cref="FanoutEvent.SentAt"/>).</param>
    /// <param name="batches">The batches.</param>
    void Deliver(long sentAt, params ReadOnlySpan<ChannelBatch> batches);
}
