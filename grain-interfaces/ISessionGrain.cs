namespace Tidings;

/// <summary>
/// A session: its subscriptions and, while no gateway holds it, its cursors. Key: <see cref="SessionId.ToKey"/>.
/// A session is attached to at most one gateway; that gateway delivers to it and keeps its clock.
/// </summary>
[Alias("tidings.ISessionGrain")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>Begins the session and attaches it to a gateway.</summary>
    [Alias("Open")]
    Task<OpenStatus> Open(SessionDescription description, GatewayAddress gateway, long stay);

    /// <summary>
    /// Moves delivery to a gateway: the one that has the session hands over, then messages go on from the cursors.
    /// A gateway that already holds the session and ran out of window names what it has (<paramref name="handover"/>).
    /// </summary>
    /// <param name="gateway">The gateway.</param>
    /// <param name="stay">The gateway's number for this stay of the session, which every frame for the session repeats: a session may come
    /// back while frames of an earlier stay are on their way.</param>
    /// <param name="handover">What the gateway has, if it holds the session.</param>
    /// <param name="onlyIfFree">Whether a session that another gateway holds stays there: the gateway lost the session's silo and its client has not called.</param>
    [Alias("Attach")]
    Task<AttachResult> Attach(GatewayAddress gateway, long stay, SessionHandover? handover, bool onlyIfFree);

    /// <summary>As <see cref="Attach"/>, in the name of somebody of whom the gateway does not know whether the session is theirs.</summary>
    [Alias("Claim")]
    Task<AttachResult> Claim(GatewayAddress gateway, long stay, SessionHandover? handover, SessionClaim claim);

    /// <summary>The gateway gives the session up; it waits for its next <see cref="Attach"/> until its lifetime ends.</summary>
    [Alias("Park")]
    Task Park(string gatewayId, long stay, SessionHandover handover, TimeSpan lifetime);

    /// <summary>Looks the session up and, where no gateway keeps its clock, prolongs it.</summary>
    [Alias("Touch")]
    Task<SessionDescription?> Touch();

    /// <summary>Subscribes to names and patterns, all or none.</summary>
    [Alias("Subscribe")]
    Task<SubscribeStatus> Subscribe(string[] subscriptions);

    /// <summary>
    /// Subscribes to channels by name from places in their logs on, and to names and patterns with <see cref="ReplayFrom.New"/> as
    /// <see cref="Subscribe"/> does: to all or none. A channel subscribed to already goes back to its place.
    /// </summary>
    [Alias("Replay")]
    Task<ReplayResult> Replay(ReplayFrom[] channels);

    /// <summary>Unsubscribes; what is not subscribed is passed over.</summary>
    [Alias("Unsubscribe")]
    Task<SubscribeStatus> Unsubscribe(string[] subscriptions);

    /// <summary>The session's subscriptions, or null if there is no such session.</summary>
    [Alias("Subscriptions")]
    Task<string[]?> Subscriptions();

    /// <summary>Queues a message for this session alone.</summary>
    [Alias("Deliver")]
    Task<bool> Deliver(DirectMessage message);

    /// <summary>Its client renewed what it proved itself with: the session's owner is described anew. Another user's description changes nothing.</summary>
    [Alias("Renew")]
    Task<bool> Renew(SessionOwner owner);

    /// <summary>Writes down where the session stands, so that it can go on from there should its silo die. Called from time to time.</summary>
    [Alias("Save")]
    Task Save();

    /// <summary>
    /// Takes the session up from its record if no silo has it, so that it ends in time, and its end is told, should no client come back: its
    /// silo and its gateway may have died together. Nothing happens to a session that some silo has, or that there is not.
    /// </summary>
    [Alias("Recall")]
    Task Recall();

    /// <summary>Keeps its front end's notes with the session (<see cref="SessionDescription.Notes"/>). False if there is no such session.</summary>
    [Alias("Note")]
    Task<bool> Note(byte[] notes);

    /// <summary>The session's silo leaves: it goes on at another, where its gateway will look for it.</summary>
    [Alias("Leave")]
    Task Leave();

    /// <summary>Ends the session.</summary>
    /// <returns>Whether there was one.</returns>
    [Alias("Close")]
    Task<bool> Close(SessionEnd reason);
}

/// <summary>What is fixed for a session's life, except for its notes.</summary>
[GenerateSerializer, Immutable, Alias("tidings.SessionDescription")]
public sealed record SessionDescription
{
    /// <summary>The front end that opened it, such as <c>bayeux</c>.</summary>
    [Id(0)] public required string Protocol { get; init; }

    /// <summary>How long it lives without its client asking for deliveries.</summary>
    [Id(1)] public required TimeSpan Lifetime { get; init; }

    /// <summary>The browser cookie it is bound to, if that option is on.</summary>
    [Id(2)] public string? Browser { get; init; }

    /// <summary>Whose it is; null for an anonymous client's.</summary>
    [Id(3)] public SessionOwner? Owner { get; init; }

    /// <summary>What its front end keeps with it, and may replace; the core does not look at it.</summary>
    [Id(4)] public byte[]? Notes { get; init; }

    /// <summary>Whether its client acknowledges what it got: until then messages count as undelivered.</summary>
    [Id(5)] public bool Acknowledges { get; init; }

    /// <summary>Whether its client wants the offsets of messages, to come back to them.</summary>
    [Id(6)] public bool Replays { get; init; }

    /// <summary>The client's address as its gateway sees it; null where it has none, as on a Unix socket.</summary>
    [Id(7)] public string? Peer { get; init; }

    /// <summary>Its number among the sessions of its owner, where somebody observes sessions: later ones have higher numbers. 0: none.</summary>
    [Id(8)] public long Number { get; init; }

    /// <summary>When it was opened, in milliseconds since 1970 UTC; 0: not known.</summary>
    [Id(9)] public long Opened { get; init; }
}

/// <summary>Whose a session is.</summary>
[GenerateSerializer, Immutable, Alias("tidings.SessionOwner")]
public sealed record SessionOwner
{
    /// <summary>The user.</summary>
    [Id(0)] public required string User { get; init; }

    /// <summary>The user's roles when the session was opened or renewed.</summary>
    [Id(1)] public required string[] Roles { get; init; }

    /// <summary>What the user proved it with, such as <c>key:id</c>, to be looked up again; no secret.</summary>
    [Id(2)] public required string Credential { get; init; }

    /// <summary>When that proof ends; null: not by itself.</summary>
    [Id(3)] public DateTimeOffset? Expires { get; init; }

    /// <summary>Whether it was proved by the handshake alone, so that later requests need only name the session.</summary>
    [Id(4)] public bool ByHandshake { get; init; }
}

/// <summary>Who asks for a session: to all but its owner there is none.</summary>
/// <param name="Protocol">The front end that asks: a session is served by the one that opened it.</param>
/// <param name="User">The user who asks; null for a caller without credentials.</param>
[GenerateSerializer, Immutable, Alias("tidings.SessionClaim")]
public sealed record SessionClaim([property: Id(0)] string Protocol, [property: Id(1)] string? User);

/// <summary>Where a gateway takes deliveries.</summary>
/// <param name="Id">The gateway process: unique for each start.</param>
/// <param name="Observer">Its receiving end.</param>
[GenerateSerializer, Immutable, Alias("tidings.GatewayAddress")]
public sealed record GatewayAddress([property: Id(0)] string Id, [property: Id(1)] IGatewayObserver Observer);

/// <summary>How <see cref="ISessionGrain.Open"/> ended.</summary>
public enum OpenStatus
{
    /// <summary>The session exists.</summary>
    Opened,

    /// <summary>The tenant has as many sessions as it may (<see cref="TidingsLimits.SessionsPerTenant"/>).</summary>
    TooManySessions,

    /// <summary>Who must be told of it could not be told, and is configured to be.</summary>
    Refused,
}

/// <summary>How <see cref="ISessionGrain.Attach"/> ended.</summary>
/// <param name="Description">The session, or null if there is none.</param>
/// <param name="Live">
/// Whether new messages follow by themselves. If not, a first part of what was missed is on its way, and the gateway attaches
/// again when that is delivered.
/// </param>
/// <param name="Started">Whether its client has asked for deliveries before, through any gateway.</param>
/// <param name="Elsewhere">Whether another gateway holds it, and nothing was changed.</param>
/// <param name="Batches">What another gateway wrote that the client may yet acknowledge.</param>
/// <param name="Gaps">What another gateway dropped and did not tell the client of.</param>
/// <param name="Unproven">Whether its owner showed credentials at the handshake alone, so that they must be looked at first; nothing was changed.</param>
[GenerateSerializer, Immutable, Alias("tidings.AttachResult")]
public sealed record AttachResult(
    [property: Id(0)] SessionDescription? Description,
    [property: Id(1)] bool Live,
    [property: Id(2)] bool Started,
    [property: Id(3)] bool Elsewhere = false,
    [property: Id(4)] UnacknowledgedBatch[]? Batches = null,
    [property: Id(5)] ChannelCursor[]? Gaps = null,
    [property: Id(6)] bool Unproven = false);

/// <summary>How a subscribe or unsubscribe ended.</summary>
public enum SubscribeStatus
{
    /// <summary>Carried out.</summary>
    Done,

    /// <summary>There is no such session.</summary>
    UnknownSession,

    /// <summary>More than <see cref="TidingsLimits.SubscriptionsPerSession"/>; nothing was subscribed.</summary>
    TooMany,

    /// <summary>A channel could not be reached; nothing was subscribed.</summary>
    Unavailable,

    /// <summary>A channel is new, and the tenant has as many as it may (<see cref="TidingsLimits.ChannelsPerTenant"/>); nothing was subscribed.</summary>
    TooManyChannels,

    /// <summary>More patterns than the tenant may have (<see cref="TidingsLimits.PatternsPerTenant"/>); nothing was subscribed.</summary>
    TooManyPatterns,
}

/// <summary>Where a subscription begins.</summary>
/// <param name="Channel">The channel's name.</param>
/// <param name="After">The offset before the first message wanted; <see cref="All"/> or <see cref="New"/>.</param>
[GenerateSerializer, Immutable, Alias("tidings.ReplayFrom")]
public readonly record struct ReplayFrom([property: Id(0)] string Channel, [property: Id(1)] long After)
{
    /// <summary>Messages yet to come.</summary>
    public const long New = -1;

    /// <summary>Everything that the log retains.</summary>
    public const long All = -2;
}

/// <summary>The answer to <see cref="ISessionGrain.Replay"/>.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Invalid">A place that the log does not have, or not any more; nothing was subscribed then.</param>
[GenerateSerializer, Immutable, Alias("tidings.ReplayResult")]
public readonly record struct ReplayResult([property: Id(0)] SubscribeStatus Status, [property: Id(1)] long? Invalid = null);

/// <summary>Why a session ended.</summary>
public enum SessionEnd
{
    /// <summary>Its client said so.</summary>
    Disconnected,

    /// <summary>Its client did not come back in time.</summary>
    Expired,

    /// <summary>Server code ended it.</summary>
    Kicked,

    /// <summary>Its server stopped, and keeps sessions nowhere else.</summary>
    Stopped,

    /// <summary>Its client did not take its messages in time, and their channel's policy is to end it.</summary>
    TooSlow,
}

/// <summary>What a gateway had delivered of a session when it gave it up.</summary>
[GenerateSerializer, Immutable, Alias("tidings.SessionHandover")]
public sealed record SessionHandover
{
    /// <summary>The last link frame the gateway had taken in.</summary>
    [Id(0)] public required long Frame { get; init; }

    /// <summary>Per channel with undelivered messages, the last delivered offset; for all others everything up to <see cref="Frame"/> is delivered.</summary>
    [Id(1)] public required ChannelCursor[] Cursors { get; init; }

    /// <summary>Direct messages not delivered.</summary>
    [Id(2)] public DirectMessage[] Directs { get; init; } = [];

    /// <summary>Whether the session's client has asked for deliveries.</summary>
    [Id(3)] public bool Started { get; init; }

    /// <summary>The link that <see cref="Frame"/> counts on.</summary>
    [Id(4)] public long Link { get; init; }

    /// <summary>
    /// When the gateway last heard of the session's silo, which it lost. Set, <see cref="Cursors"/> name every channel of which a message had
    /// come, so that another silo can go on from them.
    /// </summary>
    [Id(5)] public DateTimeOffset? CompleteUntil { get; init; }

    /// <summary>Batches that were written and not acknowledged, oldest first; <see cref="Cursors"/> are before them.</summary>
    [Id(6)] public UnacknowledgedBatch[] Batches { get; init; } = [];

    /// <summary>Messages that were dropped and that its client was not told of, each with the first offset after them.</summary>
    [Id(7)] public ChannelCursor[] Gaps { get; init; } = [];

    /// <summary>Whether the gateway asked for the session and got no answer: it does not know what the answer would have told.</summary>
    [Id(8)] public bool Unanswered { get; init; }

    /// <summary>Whether the gateway gave <see cref="Link"/> up, so that nothing sent by it arrives any more.</summary>
    [Id(9)] public bool LinkLost { get; init; }
}

/// <summary>What was written to a client that has not acknowledged it.</summary>
/// <param name="Number">The number the client will acknowledge.</param>
/// <param name="Upto">The last offset in it, by channel.</param>
[GenerateSerializer, Immutable, Alias("tidings.UnacknowledgedBatch")]
public sealed record UnacknowledgedBatch([property: Id(0)] long Number, [property: Id(1)] ChannelCursor[] Upto);

/// <summary>A place in a channel.</summary>
/// <param name="Channel">The channel's name.</param>
/// <param name="Offset">Everything up to this offset is delivered.</param>
/// <param name="Epoch">The log's incarnation; 0: the one that the reader knows.</param>
[GenerateSerializer, Immutable, Alias("tidings.ChannelCursor")]
public readonly record struct ChannelCursor([property: Id(0)] string Channel, [property: Id(1)] long Offset, [property: Id(2)] long Epoch = 0);

/// <summary>A message for one session that belongs to no channel's log: the reply of a service, a word from the server.</summary>
[GenerateSerializer, Immutable, Alias("tidings.DirectMessage")]
public sealed record DirectMessage
{
    /// <summary>The channel it is delivered on.</summary>
    [Id(0)] public required string Channel { get; init; }

    /// <summary>The body, JSON.</summary>
    [Id(1)] public required byte[] Body { get; init; }

    /// <summary>The id of the call it answers, as JSON; null for none.</summary>
    [Id(2)] public byte[]? CallId { get; init; }

    /// <summary>Whether the call it answers succeeded; null where it answers none.</summary>
    [Id(3)] public bool? Successful { get; init; }

    /// <summary>The <c>ext</c> it is delivered with, a JSON object; null for none.</summary>
    [Id(4)] public byte[]? Ext { get; init; }

    /// <summary>The number of the unacknowledged batch it was written with; 0 for none.</summary>
    [Id(5)] public long Batch { get; init; }
}
