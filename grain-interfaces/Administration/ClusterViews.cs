namespace Tidings;

/// <summary>The silos and what they stand on.</summary>
/// <param name="Silos">The silos.</param>
/// <param name="HasStore">Whether logs are in a store outside the silos.</param>
/// <param name="IsHealthy">Whether that store answers.</param>
[GenerateSerializer, Immutable, Alias("tidings.ClusterState")]
public sealed record ClusterState([property: Id(0)] SiloView[] Silos, [property: Id(1)] bool HasStore, [property: Id(2)] bool IsHealthy);

/// <summary>A silo.</summary>
[GenerateSerializer, Immutable, Alias("tidings.SiloView")]
public sealed record SiloView
{
    /// <summary>Its address and generation: another one after each start.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Its name.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>Where other silos reach it, as host and port.</summary>
    [Id(2)] public required string Address { get; init; }

    /// <summary><c>joining</c>, <c>active</c>, <c>shuttingDown</c> or <c>dead</c>.</summary>
    [Id(3)] public required string Status { get; init; }

    /// <summary>What it says of itself; null where it did not answer.</summary>
    [Id(4)] public SiloLoad? Load { get; init; }
}

/// <summary>What a silo says of itself.</summary>
[GenerateSerializer, Immutable, Alias("tidings.SiloLoad")]
public sealed record SiloLoad
{
    /// <summary>The version of its program.</summary>
    [Id(0)] public required string Version { get; init; }

    /// <summary>When it started.</summary>
    [Id(1)] public required DateTimeOffset Started { get; init; }

    /// <summary>Processor time used, in percent of all processors, 0 to 100.</summary>
    [Id(2)] public required double Cpu { get; init; }

    /// <summary>Memory of its process.</summary>
    [Id(3)] public required long MemoryBytes { get; init; }

    /// <summary>Sessions that live there.</summary>
    [Id(4)] public required int Sessions { get; init; }

    /// <summary>Messages that its channels stored per second since it was last asked; null when it is asked for the first time in a while.</summary>
    [Id(5)] public double? PublishesPerSecond { get; init; }
}

/// <summary>What goes on in a tenant, on one silo or on all.</summary>
/// <param name="Sessions">Its sessions.</param>
/// <param name="PublishesPerSecond">Messages stored per second since the last look; null at the first in a while.</param>
[GenerateSerializer, Immutable, Alias("tidings.TenantLoad")]
public sealed record TenantLoad([property: Id(0)] int Sessions, [property: Id(1)] double? PublishesPerSecond);

/// <summary>A page of sessions.</summary>
/// <param name="Sessions">The sessions, in the order of their ids.</param>
/// <param name="IsIncomplete">Whether a silo did not answer.</param>
[GenerateSerializer, Immutable, Alias("tidings.SessionPage")]
public sealed record SessionPage([property: Id(0)] SessionView[] Sessions, [property: Id(1)] bool IsIncomplete);

/// <summary>A session as its silo knows it.</summary>
[GenerateSerializer, Immutable, Alias("tidings.SessionView")]
public sealed record SessionView
{
    /// <summary>Its public id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Its tenant.</summary>
    [Id(1)] public required string Tenant { get; init; }

    /// <summary>Its description; null for one that is about to begin or to end.</summary>
    [Id(2)] public SessionFacts? Facts { get; init; }

    /// <summary>The silo it lives on.</summary>
    [Id(3)] public required string Silo { get; init; }

    /// <summary>The gateway that holds it; null while it waits for one.</summary>
    [Id(4)] public string? Gateway { get; init; }

    /// <summary>How many names and patterns it is subscribed to.</summary>
    [Id(5)] public required int Subscriptions { get; init; }

    /// <summary>What its gateway says; null while it has none, or that did not answer.</summary>
    [Id(6)] public SessionWindow? Window { get; init; }
}

/// <summary>What is told of a session's description: nothing secret, and no notes of front ends.</summary>
[GenerateSerializer, Immutable, Alias("tidings.SessionFacts")]
public sealed record SessionFacts
{
    /// <summary>The front end that opened it.</summary>
    [Id(0)] public required string Protocol { get; init; }

    /// <summary>Whose it is; null for an anonymous client's.</summary>
    [Id(1)] public string? User { get; init; }

    /// <summary>The client's address.</summary>
    [Id(2)] public string? Peer { get; init; }

    /// <summary>When it was opened, in milliseconds since 1970 UTC; 0 where that is not known.</summary>
    [Id(3)] public long Opened { get; init; }

    /// <summary>Whether its client acknowledges what it got.</summary>
    [Id(4)] public bool Acknowledges { get; init; }

    /// <summary>Whether its client comes back to offsets.</summary>
    [Id(5)] public bool Replays { get; init; }

    /// <summary>What is told of a description.</summary>
    public static SessionFacts Of(SessionDescription description) => new()
    {
        Protocol = description.Protocol,
        User = description.Owner?.User,
        Peer = description.Peer,
        Opened = description.Opened,
        Acknowledges = description.Acknowledges,
        Replays = description.Replays,
    };
}

/// <summary>What a gateway holds of a session.</summary>
/// <param name="Session">The public id.</param>
/// <param name="Transport">What its messages go by; null where nothing is known.</param>
/// <param name="LastSeen">When its client last asked for deliveries here, in milliseconds since 1970 UTC.</param>
/// <param name="Pending">Messages that wait to be written or acknowledged.</param>
/// <param name="PendingBytes">Their bytes.</param>
/// <param name="Gaps">Messages that are not coming any more and that its client is to be told of, each with the first offset after them.</param>
[GenerateSerializer, Immutable, Alias("tidings.SessionWindow")]
public sealed record SessionWindow(
    [property: Id(0)] string Session,
    [property: Id(1)] string? Transport,
    [property: Id(2)] long LastSeen,
    [property: Id(3)] int Pending,
    [property: Id(4)] long PendingBytes,
    [property: Id(5)] ChannelCursor[] Gaps);

/// <summary>A session with its subscriptions.</summary>
/// <param name="Session">The session.</param>
/// <param name="Channels">Its subscriptions, at most 1,000.</param>
[GenerateSerializer, Immutable, Alias("tidings.SessionDetail")]
public sealed record SessionDetail([property: Id(0)] SessionView Session, [property: Id(1)] SubscriptionView[] Channels);

/// <summary>A subscription.</summary>
/// <param name="Channel">The name or pattern.</param>
/// <param name="Cursor">Up to this offset its gateway has acknowledged everything; null for a pattern.</param>
/// <param name="Head">The channel's last offset, as the session's silo knows it; null for a pattern.</param>
[GenerateSerializer, Immutable, Alias("tidings.SubscriptionView")]
public readonly record struct SubscriptionView(
    [property: Id(0)] string Channel, [property: Id(1)] long? Cursor, [property: Id(2)] long? Head);

/// <summary>A page of channels.</summary>
/// <param name="Channels">The channels, in the order of their names.</param>
/// <param name="IsIncomplete">Whether a silo did not answer, or there are more channels than are looked through.</param>
[GenerateSerializer, Immutable, Alias("tidings.ChannelPage")]
public sealed record ChannelPage([property: Id(0)] ChannelView[] Channels, [property: Id(1)] bool IsIncomplete);

/// <summary>A channel.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Head">Where its log stands.</param>
/// <param name="First">The oldest retained offset; head + 1 when none is retained.</param>
/// <param name="Bytes">Bytes that its log holds, as its store counts them.</param>
/// <param name="Subscribers">Subscriptions of sessions, by name and by patterns.</param>
/// <param name="Rate">Messages per second over the last minute.</param>
[GenerateSerializer, Immutable, Alias("tidings.ChannelView")]
public sealed record ChannelView(
    [property: Id(0)] string Name,
    [property: Id(1)] ChannelHead Head,
    [property: Id(2)] long First,
    [property: Id(3)] long Bytes,
    [property: Id(4)] long Subscribers,
    [property: Id(5)] double Rate);

/// <summary>A channel and who wants it.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Silos">The silos with sessions that want it.</param>
/// <param name="Patterns">The patterns that match it and that sessions are subscribed to.</param>
[GenerateSerializer, Immutable, Alias("tidings.ChannelDetail")]
public sealed record ChannelDetail([property: Id(0)] ChannelView Channel, [property: Id(1)] string[] Silos, [property: Id(2)] string[] Patterns);
