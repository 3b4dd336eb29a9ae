namespace Tidings;

/// <summary>The receiving end of a gateway. A silo has one call of <see cref="Receive"/> in flight per gateway.</summary>
public interface IGatewayObserver : IGrainObserver
{
    /// <summary>Takes frames in order, answers at once. An empty batch asks for news only and shows that the silo lives.</summary>
    Task<LinkAck> Receive(LinkBatch batch);

    /// <summary>
    /// The session goes elsewhere: ends its held connect without messages and tells what was delivered in a stay, which is nothing if it is not here
    /// for that. Null if that is not known.
    /// </summary>
    Task<SessionHandover?> Release(string sessionId, long stay);

    /// <summary>What the gateway holds of sessions, for administrators; those that are not here are left out.</summary>
    Task<SessionWindow[]> Look(string[] sessionIds);
}

/// <summary>Frames from one silo to one gateway.</summary>
[GenerateSerializer, Immutable, Alias("tidings.LinkBatch")]
public sealed class LinkBatch
{
    /// <summary>The silo (its address and generation).</summary>
    [Id(0)] public required string Silo { get; init; }

    /// <summary>The number of the first frame; frames count from 1 per silo and gateway. Frames taken before are passed over.</summary>
    [Id(1)] public required long FirstFrame { get; init; }

    /// <summary>The frames.</summary>
    [Id(2)] public required LinkFrame[] Frames { get; init; }

    /// <summary>The link: a silo that gave a gateway up and meets it again begins a new one, with a larger number, and counts frames anew.</summary>
    [Id(3)] public required long Link { get; init; }
}

/// <summary>What a gateway did with the frames of one silo.</summary>
/// <param name="Received">The last frame taken in.</param>
/// <param name="Delivered">Up to this frame every session has got everything, or was parked with its own cursors.</param>
[GenerateSerializer, Immutable, Alias("tidings.LinkAck")]
public readonly record struct LinkAck([property: Id(0)] long Received, [property: Id(1)] long Delivered)
{
    /// <summary>The gateway has given the link up, and its sessions with it: it takes in nothing more by it, and a new link is to be begun.</summary>
    public static LinkAck Refused => new(-1, 0);

    /// <summary>Whether this is <see cref="Refused"/>.</summary>
    public bool IsRefused => Received < 0;
}

/// <summary>What a frame says.</summary>
public enum LinkFrameKind
{
    /// <summary>Messages of a channel for every session of this silo at this gateway that is joined to one of the named subscriptions.</summary>
    Deliver,

    /// <summary>A session joins subscriptions, after the messages it missed.</summary>
    Join,

    /// <summary>A session leaves subscriptions.</summary>
    Leave,

    /// <summary>Missed messages for one session that has not joined yet.</summary>
    CatchUp,

    /// <summary>A message for one session alone.</summary>
    Direct,

    /// <summary>The log no longer holds some messages of a channel that a session has not seen.</summary>
    Gap,

    /// <summary>The session ended.</summary>
    End,

    /// <summary>The session's silo leaves the cluster: the gateway is to attach the session anew.</summary>
    Moved,

    /// <summary>The session is to follow some channels from another place on: what waits of them is dropped, and it is to be attached anew.</summary>
    Restart,

    /// <summary>The silo no longer follows some channels: the gateway can forget where they stood.</summary>
    Forget,
}

/// <summary>One frame of a silo's link to a gateway; which members are set depends on the kind.</summary>
[GenerateSerializer, Immutable, Alias("tidings.LinkFrame")]
public sealed class LinkFrame
{
    /// <summary>What it says.</summary>
    [Id(0)] public required LinkFrameKind Kind { get; init; }

    /// <summary>The tenant.</summary>
    [Id(1)] public required string Tenant { get; init; }

    /// <summary>The session meant (all but Deliver).</summary>
    [Id(2)] public string? Session { get; init; }

    /// <summary>The subscriptions meant (Deliver, Join, Leave).</summary>
    [Id(3)] public string[] Subscriptions { get; init; } = [];

    /// <summary>The messages (Deliver, Join, CatchUp).</summary>
    [Id(4)] public ChannelBatch[] Batches { get; init; } = [];

    /// <summary>The message (Direct).</summary>
    [Id(5)] public DirectMessage? Direct { get; init; }

    /// <summary>The first offset that follows the gap (Gap), with its channel.</summary>
    [Id(6)] public ChannelCursor Gap { get; init; }

    /// <summary>Why (End).</summary>
    [Id(7)] public SessionEnd End { get; init; }

    /// <summary>The gateway's number for the session's stay (all with a session); frames of another stay are passed over.</summary>
    [Id(8)] public long Stay { get; init; }

    /// <summary>
    /// Where channels stand that the gateway was not told of before on this link (Join), or those that are followed no longer (Forget). Messages
    /// of a channel that was named come with every later frame, so a gateway always knows where its sessions stand.
    /// </summary>
    [Id(9)] public ChannelCursor[] Heads { get; init; } = [];
}
