namespace Tidings.Grains.Streams;

/// <summary>Names of the Orleans streams that carry messages to silos: one stream per silo incarnation.</summary>
internal static class SiloStream
{
    /// <summary>The stream provider.</summary>
    public const string Provider = "tidings-silos";

    private const string Namespace = "silo";

    /// <summary>The stream of a silo, named by its address and generation.</summary>
    public static StreamId IdOf(string silo) => StreamId.Create(Namespace, silo);

    /// <summary>The silo of a stream.</summary>
    public static string SiloOf(StreamId stream) => stream.GetKeyAsString();

    /// <summary>The text form of a silo's address and generation used everywhere outside Orleans' own types.</summary>
    public static string NameOf(SiloAddress silo) => silo.ToParsableString();
}

/// <summary>One event of a silo's stream: everything that waited for that silo while the last event was sent.</summary>
/// <param name="Batches">The messages by channel; none in a ping.</param>
/// <param name="SentAt">When the sender gave it to the stream, in microseconds since 1970 UTC by its own clock; of several in one, the first. 0: not told.</param>
[GenerateSerializer, Immutable, Alias("tidings.FanoutEvent")]
internal sealed record FanoutEvent([property: Id(0)] ChannelBatch[] Batches, [property: Id(1)] long SentAt = 0);
