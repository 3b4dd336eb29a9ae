namespace Tidings.Grains.Sessions;

/// <summary>What is written of a session: enough to go on from it on another silo.</summary>
[GenerateSerializer, Immutable, Alias("tidings.SessionRecord")]
internal sealed record SessionRecord
{
    /// <summary>What is fixed for its life.</summary>
    [Id(0)]
    public required SessionDescription Description { get; init; }

    /// <summary>Its subscriptions.</summary>
    [Id(1)]
    public StoredSubscription[] Subscriptions { get; init; } = [];

    /// <summary>For channels subscribed to by name: everything up to the offset was delivered when this was written.</summary>
    [Id(2)]
    public ChannelCursor[] Cursors { get; init; } = [];

    /// <summary>For patterns: everything logged up to this point of the tenant's sequence was delivered when this was written.</summary>
    [Id(3)]
    public long Sequence { get; init; }

    /// <summary>Whether its client has asked for deliveries.</summary>
    [Id(4)]
    public bool Started { get; init; }

    /// <summary>Direct messages that wait for a gateway.</summary>
    [Id(5)]
    public DirectMessage[] Directs { get; init; } = [];

    /// <summary>Channels whose places in <see cref="Cursors"/> its client named, and which no gateway has joined since.</summary>
    [Id(6)]
    public string[] Replayed { get; init; } = [];

    /// <summary>Whether another record would take the session up at the same places.</summary>
    public bool SaysTheSameAs(SessionRecord other) =>
        Started == other.Started
        && Description == other.Description
        && Subscriptions.SequenceEqual(other.Subscriptions)
        && Cursors.SequenceEqual(other.Cursors)
        && Directs.SequenceEqual(other.Directs)
        && Replayed.SequenceEqual(other.Replayed)
        && (Sequence == other.Sequence || !Array.Exists(Subscriptions, static held => ChannelName.IsPattern(held.Name)));
}

/// <summary>A subscription, and the point of the tenant's sequence from which on it counts.</summary>
[GenerateSerializer, Immutable, Alias("tidings.StoredSubscription")]
internal readonly record struct StoredSubscription([property: Id(0)] string Name, [property: Id(1)] long Since);
